"""Ctrl-C and kill -9 at random moments: the library is consistent, and the next run goes on."""

import random
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.catalog.models import Sound, SoundState, SoundWindows
from foundsound.library import Library
from foundsound.settings import Settings
from tests.process import Cli
from tests.signals import noise, tone, write

FILES = 60


@pytest.fixture
def many(tmp_path: Path) -> Path:
    for k in range(FILES):
        write(tmp_path / "many" / f"{k:02}.wav", noise(6.0, seed=k) + tone(6.0, 80.0 * (k + 1)))
    return tmp_path / "many"


def assert_consistent(settings: Settings) -> int:
    """Every indexed sound has exactly its vectors; returns how many there are."""
    with Library(settings) as library, library.catalog.read() as session:
        rows = session.execute(select(SoundWindows.sound_id, SoundWindows.count))
        counts = {row[0]: row[1] for row in rows}
        indexed = session.scalars(select(Sound.id).where(Sound.state == SoundState.INDEXED)).all()
        assert set(indexed) == set(counts)
        assert library.vectors.count() >= sum(counts.values())
        for sound_id, count in counts.items():
            assert len(library.vectors.vectors_of(sound_id)) == count
        return len(indexed)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_interrupted_run_leaves_a_consistent_library(
    tmp_path: Path, cache_dir: Path, many: Path, how: signal.Signals, seed: int
) -> None:
    cli = Cli(tmp_path / "library", cache_dir)
    settings = Settings(data_dir=cli.data_dir, cache_dir=cache_dir)
    process = cli.start("index", many)
    cli.wait_until_open(process)  # the library is open now
    time.sleep(random.Random(seed).uniform(0.2, 2.5))
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    done = assert_consistent(settings)
    if "Stopped" in told:
        assert process.returncode == 130
        assert "run the same command again" in told
    again = cli.run("index", many)
    assert again.returncode == 0, again.stderr
    assert f"{FILES - done} sounds indexed" in again.stderr
    assert assert_consistent(settings) == FILES
