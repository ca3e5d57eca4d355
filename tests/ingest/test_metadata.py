"""Metadata on its way through an index run: read in the child, kept, and never in the way."""

import sqlite3
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from foundsound.catalog.database import FILE_NAME
from foundsound.catalog.metadata import metadata_of
from foundsound.catalog.models import Location, Sound
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.settings import Settings
from ingest import decoder_process
from ingest.describe import describe_lacking
from ingest.run import index_paths
from tests.conftest import Index
from tests.ingest.decoding import meddle, patient
from tests.metadata.riff import bext, chunk, info, put, wav
from tests.metadata.test_wav import LIBRARIAN
from tests.signals import noise, write

UNRULY = [sys.executable, "-P", str(Path(__file__).with_name("unruly_reader.py"))]


def tagged(path: Path, description: bytes, *chunks: bytes) -> Path:
    """A sound with a bext chunk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (3000 * noise(0.5, 48_000, seed=len(description))).astype(np.int16).tobytes()
    put(path, wav(bext(description), *chunks, samples=samples))
    return path


def metadata_by_name(library: Library) -> dict[str, SoundMetadata | None]:
    with library.catalog.read() as session:
        rows = session.execute(select(Location.path, Location.sound_id)).all()
        return {path: metadata_of(session, sound) if sound else None for path, sound in rows}


def run(library: Library, folder: Path) -> IndexProgress:
    progress = IndexProgress()
    index_paths(library, [folder], progress, lambda _: None, threading.Event())
    return progress


def forget_metadata(settings: Settings) -> None:
    """As if the library were from before metadata was read."""
    connection = sqlite3.connect(settings.data_dir / FILE_NAME)
    with connection:
        connection.execute("DELETE FROM sound_metadata")
    connection.close()


def test_it_is_read_with_the_sound(library: Library, index: Index, tmp_path: Path) -> None:
    tagged(tmp_path / "in" / "doorwood_x.wav", b"Gate", LIBRARIAN)
    write(tmp_path / "in" / "plain.wav", noise(0.5, seed=9))
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.described, progress.problem_count) == (2, 0, 0)
    found = metadata_by_name(library)
    assert found["plain.wav"] == SoundMetadata()
    gate = found["doorwood_x.wav"]
    assert gate is not None
    assert (gate.cat_id, gate.title, gate.keywords) == (
        "DOORWood",
        "Heavy Oak Slam",
        ("door", "slam", "Oak"),
    )
    assert gate.extra["bext.description"] == "Gate"
    with library.catalog.read() as session:
        assert session.scalars(select(Sound.bit_depth)).all() == [16, 16]
        assert set(session.scalars(select(Location.cat_id))) == {"DOORWood", None}


def test_a_damaged_chunk_costs_the_sound_nothing(
    library: Library, index: Index, tmp_path: Path
) -> None:
    bomb = chunk(b"iXML", b"<!DOCTYPE x [<!ENTITY a 'b'>]><BWFXML><NOTE>&a;</NOTE></BWFXML>")
    tagged(tmp_path / "in" / "a.wav", b"Gate", bomb, info(INAM=b"T"))
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.problem_count) == (1, 0)
    assert metadata_by_name(library)["a.wav"] == SoundMetadata(
        description="Gate", title="T", note="The iXML chunk cannot be read (IxmlRefused)."
    )


def test_a_library_from_before_is_filled_in_without_decoding_or_embedding(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    for k in range(3):
        tagged(folder / f"{k}.wav", b"Gate " + b"x" * k)
    (folder / "copy.wav").write_bytes((folder / "0.wav").read_bytes())
    with Library(settings) as library:
        run(library, folder)
        before = metadata_by_name(library)
    forget_metadata(settings)

    def must_not(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(decoder_process.DecoderProcess, "decode", must_not)
    monkeypatch.setattr(decoder_process.DecoderProcess, "identify", must_not)
    with Library(settings) as library:
        embedder = meddle(library, lambda _: None)
        progress = run(library, folder)
        assert (progress.unchanged, progress.files_total) == (4, 0)
        assert (progress.described, progress.embedded, embedder.windows) == (3, 0, 0)
        assert metadata_by_name(library) == before
        assert run(library, folder).described == 0


def test_what_is_off_line_or_changed_is_left_for_the_next_run(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    tagged(folder / "a.wav", b"Gate")
    tagged(folder / "bb.wav", b"Door")
    with Library(settings) as library:
        run(library, folder)
    forget_metadata(settings)
    (folder / "a.wav").rename(tmp_path / "away.wav")
    (folder / "bb.wav").write_bytes(b"other")

    def filled(stop: bool = False) -> int:
        progress, stopping = IndexProgress(), threading.Event()
        if stop:
            stopping.set()
        describe_lacking(library, progress, lambda _: None, stopping)
        return progress.described

    with Library(settings) as library:
        assert filled() == 0
        (tmp_path / "away.wav").rename(folder / "a.wav")
        assert filled(stop=True) == 0
        assert filled() == 1
        assert metadata_by_name(library)["a.wav"] == SoundMetadata(description="Gate")
        assert metadata_by_name(library)["bb.wav"] is None


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("abort.wav", "The metadata cannot be read: the reader crashed."),
        ("hang.wav", None),
        ("killed.wav", None),
    ],
)
def test_a_reader_that_dies_or_hangs_costs_no_sound(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    note: str | None,
) -> None:
    folder = tmp_path / "in"
    tagged(folder / name, b"Gate")
    tagged(folder / "good.wav", b"Good gate")
    monkeypatch.setattr(decoder_process, "COMMAND", UNRULY)
    patient(monkeypatch, 2.0, lambda name, kind, _: (name, kind) == ("hang.wav", "describe"))
    with Library(settings) as library:
        progress = run(library, folder)
        assert (progress.embedded, progress.problem_count) == (2, 0)
        found = metadata_by_name(library)
        assert found["good.wav"] == SoundMetadata(description="Good gate")
        # Killed from outside, or a drive that hangs: no fault of the file, so a later run reads it.
        assert found[name] == (SoundMetadata(note=note) if note else None)
        monkeypatch.undo()
        assert run(library, folder).described == (0 if note else 1)
