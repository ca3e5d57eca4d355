"""What is gone for good: rows, vectors and rows, in this order, and never too early."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from foundsound.catalog.models import Location, Root, Sound, SoundWindows, utc_now
from foundsound.catalog.roots import remove_root
from foundsound.library import Library
from ingest import purge as module
from ingest.drain import drain
from ingest.purge import is_due, purge
from tests.conftest import Index
from tests.databases import both_databases
from tests.signals import tone, write


def sounds_known(library: Library) -> int:
    with library.catalog.read() as session:
        return session.scalar(select(func.count()).select_from(Sound)) or 0


def windows_known(library: Library) -> int:
    with library.catalog.read() as session:
        return session.scalar(select(func.sum(SoundWindows.count))) or 0


def missing_for(library: Library, days: float) -> None:
    """Let the tombstones be so old."""
    with library.catalog.write() as session:
        gone = Location.missing_since.is_not(None)
        since = utc_now() - timedelta(days=days)
        session.execute(update(Location).where(gone).values(missing_since=since))


@both_databases
def test_deleted_files_are_forgotten_after_their_time(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    (sounds / "noise.wav").unlink()
    index(sounds)
    missing_for(library, 29)
    assert not is_due(library)
    purge(library)
    assert (sounds_known(library), library.vectors.count()) == (3, 3)
    missing_for(library, 31)
    assert is_due(library)
    purge(library)
    assert (sounds_known(library), windows_known(library), library.vectors.count()) == (2, 2, 2)
    with library.catalog.read() as session:
        assert session.scalar(select(func.count()).select_from(Location)) == 2
    assert not is_due(library)


def test_tombstones_of_an_offline_root_stay(library: Library, index: Index, sounds: Path) -> None:
    index(sounds)
    (sounds / "noise.wav").unlink()
    index(sounds)
    missing_for(library, 100)
    with library.catalog.write() as session:
        session.execute(update(Root).values(offline_since=utc_now()))
    purge(library)
    assert sounds_known(library) == 3


def test_a_copy_keeps_the_sound(library: Library, index: Index, sounds: Path) -> None:
    shutil.copy(sounds / "noise.wav", sounds / "copy.wav")
    index(sounds)
    (sounds / "noise.wav").unlink()
    index(sounds)
    missing_for(library, 100)
    purge(library)
    assert (sounds_known(library), library.vectors.count()) == (3, 3)


def test_a_touched_file_is_not_embedded_again_whenever_purging_comes(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the scan that sees the touch and the worker that knows better."""
    index(sounds)
    os.utime(sounds / "noise.wav")

    def purging_first(*arguments: object) -> None:
        purge(library)
        assert sounds_known(library) == 3
        drain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.run.drain", purging_first)
    assert index(sounds).embedded == 0
    assert library.vectors.count() == 3


@pytest.mark.parametrize("crash", ["before vectors", "before rows"])
def test_a_crash_in_between_leaves_no_vector_without_a_row(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    index(sounds)
    with library.catalog.read() as session:
        root_id = session.scalars(select(Root.id)).one()
    remove_root(library.catalog, root_id)
    assert is_due(library)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if crash == "before vectors":
            patched.setattr(library.vectors, "delete_sounds", die)
        else:
            patched.setattr(module, "forget_sounds", die)
        with pytest.raises(KeyboardInterrupt):
            purge(library)
    assert sounds_known(library) == 3
    assert windows_known(library) == 0  # nobody counts on the vectors
    purge(library)
    assert (sounds_known(library), library.vectors.count()) == (0, 0)
    assert index(sounds).embedded == 3


def test_many_are_forgotten_in_batches(
    library: Library, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.catalog.burial.BATCH", 2)
    monkeypatch.setattr("foundsound.catalog.roots.BATCH", 2)
    for number in range(7):
        write(tmp_path / "many" / f"{number}.wav", tone(0.5, 200.0 + 50 * number))
    index(tmp_path / "many")
    with library.catalog.read() as session:
        root_id = session.scalars(select(Root.id)).one()
    assert remove_root(library.catalog, root_id)
    assert not remove_root(library.catalog, root_id)
    purge(library)
    assert (sounds_known(library), library.vectors.count()) == (0, 0)
