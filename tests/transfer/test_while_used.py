"""A backup of a library that is used and indexed meanwhile is one moment of it."""

import threading
from pathlib import Path

import numpy as np
from sqlalchemy import select

from foundsound.catalog.models import Location, Sound, SoundState, SoundWindows, Work
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.transfer.archive import open_source, write_file, zipped
from foundsound.transfer.export import exporting
from foundsound.transfer.importing import import_library
from tests.conftest import Index
from tests.databases import both_databases
from tests.finding import nearest
from tests.signals import noise, tone, write
from tests.transfer.held import back_up, vectors


@both_databases
def test_what_vanishes_meanwhile_is_work_to_do(
    settings: Settings, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    gone, *others = sorted(hit.sound_id for hit in nearest(library))
    with exporting(library) as parts:
        library.vectors.delete_sounds([gone])
        write(sounds / "late.wav", noise(1.0, seed=3))
        index(sounds)
        write_file(zipped(parts), tmp_path / "backup.zip")
    new = settings.model_copy(update={"data_dir": tmp_path / "new", "database_url": None})
    with open_source(tmp_path / "backup.zip") as source:
        assert import_library(new, source).lost == 1
    with Library(new) as there:
        assert sorted({sound for sound, *_ in vectors(there)}) == others
        with there.catalog.read() as session:
            sound = session.get_one(Sound, gone)
            file = session.scalars(select(Location).where(Location.sound_id == gone)).one()
            assert sound.state == SoundState.PENDING
            assert (file.work, file.due_at is None) == (Work.PENDING, False)


def test_backups_during_an_index_run_are_each_consistent(
    settings: Settings, library: Library, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    for k in range(24):
        parts = (
            [tone(11.0, 150.0 * (k + 1)), noise(11.0, seed=k)] if k % 3 else [noise(1.0, seed=k)]
        )
        write(folder / f"{k:02}.wav", np.concatenate(parts))
    running = threading.Thread(target=index, args=(folder,))
    running.start()
    files: list[Path] = []
    while running.is_alive() or not files:
        files.append(back_up(library, tmp_path / f"{len(files)}.zip"))
        running.join(0.2)
    files.append(back_up(library, tmp_path / "last.zip"))
    counts = []
    for at in sorted({0, len(files) // 2, len(files) - 1}):
        new = settings.model_copy(update={"data_dir": tmp_path / f"new-{at}"})
        with open_source(files[at]) as source:
            import_library(new, source)
        with Library(new) as there:
            check_consistent(there)
            counts.append(len({sound for sound, *_ in vectors(there)}))
    assert counts == sorted(counts)
    assert counts[-1] == 24


def check_consistent(library: Library) -> None:
    """Rows and vectors agree both ways."""
    with library.catalog.read() as session:
        counts = dict(session.execute(select(SoundWindows.sound_id, SoundWindows.count)).all())
        indexed = set(session.scalars(select(Sound.id).where(Sound.state == SoundState.INDEXED)))
    held: dict[str, int] = {}
    for sound, *_ in vectors(library):
        held[sound] = held.get(sound, 0) + 1
    assert held == counts
    assert set(held) == indexed
    assert library.vectors.count() == sum(counts.values())
