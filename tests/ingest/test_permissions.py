"""Files and folders that we may not read."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest.decoder_process import DecoderProcess
from tests.conftest import Index
from tests.signals import tone, write

NOBODY = 65534


def reasons(progress: IndexProgress) -> list[str]:
    return [problem.reason for problem in progress.problems]


# A decoding child of root's that drops its rights once everything is imported.
DROPPED = f"""
import os
import foundsound.analysis.listener, foundsound.audio.decode
import foundsound.audio.pyav_reader, foundsound.audio.windows
import foundsound.metadata.read
from ingest.decode_child import main
os.seteuid({NOBODY})
main()
"""


@pytest.fixture
def as_user(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes a test that runs as root an ordinary user, for whom permissions count."""
    folder = library.settings.data_dir
    start = DecoderProcess._start

    def start_as_root(decoder: DecoderProcess) -> Any:
        os.seteuid(0)  # root's Python may be for root alone
        try:
            return start(decoder)
        finally:
            os.seteuid(NOBODY)

    def drop() -> None:
        if os.geteuid() == 0:
            monkeypatch.setattr(DecoderProcess, "_start", start_as_root)
            command = [sys.executable, "-P", "-c", DROPPED]
            monkeypatch.setattr("ingest.decoder_process.COMMAND", command)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
            for above in folder.parents:  # pytest's own folders are for root alone
                if not above.stat().st_mode & stat.S_IXOTH:
                    above.chmod(0o755)
            os.seteuid(NOBODY)

    yield drop
    if os.getuid() == 0:
        os.seteuid(0)


def test_an_unreadable_file_is_told_and_taken_once_it_can_be_read(
    index: Index,
    sounds: Path,
    as_user: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index(sounds / "sub")  # everything is imported before rights are dropped
    locked, closed = sounds / "noise.wav", sounds / "closed"
    write(closed / "inner.wav", tone(0.5, 900.0))
    locked.chmod(0)
    closed.chmod(0)
    as_user()
    progress = index(sounds)
    if os.getuid() == 0:
        os.seteuid(0)
        monkeypatch.undo()
    assert sorted(reasons(progress)) == [
        "The file cannot be read: Permission denied.",
        "The folder cannot be read: Permission denied.",
    ]
    assert progress.embedded == 1
    locked.chmod(0o644)
    closed.chmod(0o755)
    again = index(sounds)
    assert (again.embedded, again.problem_count) == (2, 0)
