"""From one machine to servers and back: the same catalogue, vectors and answers."""

import os
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from foundsound.errors import InvalidRequest, LibraryBusy
from foundsound.library import Library
from foundsound.root_report import RootChange, add_root
from foundsound.settings import Settings
from foundsound.transfer import shards
from foundsound.transfer.archive import open_source, write_folder
from foundsound.transfer.export import exporting
from foundsound.transfer.importing import import_library
from foundsound.transfer.shards import unpacked
from foundsound.transfer.tables import LEFT_OUT, exported_tables
from tests.conftest import Index
from tests.ingest.switching import switch
from tests.qdrant_process import QdrantProcess
from tests.signals import noise, write
from tests.transfer.held import back_up, bits, fill, found, held, index_here, vectors


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return write(tmp_path / "example.wav", noise(1.0, seed=5))


@pytest.fixture
def on_servers(settings: Settings, postgres_url: str, qdrant_server: QdrantProcess) -> Settings:
    return settings.model_copy(
        update={
            "data_dir": settings.data_dir.with_name("studio"),
            "database_url": postgres_url,
            "qdrant_url": qdrant_server.url,
            "qdrant_prefix": f"test-{uuid4().hex}",
        }
    )


def test_a_library_goes_to_servers_and_comes_back(
    settings: Settings,
    on_servers: Settings,
    sounds: Path,
    example: Path,
    tmp_path: Path,
    library: Library,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shards, "SHARD_BYTES", 2 * 4 * library.embedder.dim)  # of two windows
    index(sounds)
    fill(library, example)
    before = held(library), vectors(library), found(library)
    with exporting(library) as parts:
        write_folder(parts, tmp_path / "export")
    files = sorted((tmp_path / "export" / "vectors").iterdir())
    assert len(files) == 2
    kept = [point for file in files for point in unpacked(file.read_bytes(), library.embedder.dim)]
    assert [bits(point) for point in kept] == before[1]
    library.close()

    with open_source(tmp_path / "export") as source:
        told = import_library(on_servers, source)
    assert (told.sounds, told.files, told.lost) == (3, 3, 0)
    with Library(on_servers) as studio:
        there = held(studio), vectors(studio), found(studio)
        file = back_up(studio, tmp_path / "studio.zip")
        # New rows are numbered beyond the ones that came.
        write(sounds / "new.wav", noise(1.0, seed=7))
        index_here(studio, sounds)
        assert len(vectors(studio)) == 4

    home = settings.model_copy(update={"data_dir": tmp_path / "home"})
    with open_source(file) as source:
        import_library(home, source)
    with Library(home.model_copy(update={"model": "auto"})) as back:
        assert back.embedder.name == settings.model
        again = held(back), vectors(back), found(back)
        assert index_here(back, sounds / "noise.wav") == (0, 1)

    assert [row for row in before[0] if not before[0][row]] == [
        row for row in there[0] if not there[0][row]
    ]
    for table in before[0]:
        assert there[0][table] == before[0][table] == again[0][table], table
    assert before[0]["enrolled_examples"][1]["audio"]
    assert before[0]["alerts"][0]["webhook_secret"]
    assert there[1] == before[1] == again[1]  # to the last bit
    assert there[2] == before[2] == again[2]
    assert len(before[2]) > 6


def test_folders_may_lie_elsewhere(
    settings: Settings, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    file = back_up(library, tmp_path / "backup.zip")
    library.close()
    os.rename(sounds, tmp_path / "moved")
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    with open_source(file) as source:
        with pytest.raises(InvalidRequest, match=f"moves no folder of the export; it has {sounds}"):
            import_library(elsewhere, source, ["/nowhere=/here"])
        with pytest.raises(InvalidRequest, match="no pair of absolute folders"):
            import_library(elsewhere, source, [f"{sounds}"])
        import_library(elsewhere, source, [f"{sounds}={tmp_path / 'moved'}"])
    with Library(elsewhere) as moved:
        assert index_here(moved, tmp_path / "moved") == (0, 3)


def test_a_root_inside_another_moves_with_it(
    settings: Settings, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    with library.catalog.write() as session:
        add_root(session, os.fsencode(sounds / "sub"), RootChange(name="inner"))
    index(sounds)
    file = back_up(library, tmp_path / "backup.zip")
    library.close()
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    with open_source(file) as source:
        with pytest.raises(InvalidRequest, match=f"would lie inside {sounds}, which knew nothing"):
            import_library(elsewhere, source, [f"{sounds}/sub={sounds}/other"])
        import_library(elsewhere, source, [f"{sounds}={tmp_path / 'moved'}"])
    os.rename(sounds, tmp_path / "moved")
    with Library(elsewhere) as moved:
        assert index_here(moved, tmp_path / "moved") == (0, 3)


def test_only_an_empty_library_takes_an_import(
    settings: Settings, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    file = back_up(library, tmp_path / "backup.zip")
    opened = settings.model_copy(update={"data_dir": tmp_path / "opened"})
    with open_source(file) as source:
        with pytest.raises(LibraryBusy):
            import_library(settings, source)
        library.close()
        with pytest.raises(InvalidRequest, match="not empty: its table"):
            import_library(settings, source)
        new = opened.model_copy(update={"model": "starter"})
        with Library(new) as told, told.catalog.write() as session:
            add_root(session, bytes(sounds), RootChange())
        import_library(opened, source)
    with Library(opened) as there:
        assert len(found(there)) > 6


def test_processes_that_use_a_library_on_servers_are_told_to_stop(
    on_servers: Settings, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    file = back_up(library, tmp_path / "backup.zip")
    with Library(on_servers) as running, open_source(file) as source:
        with pytest.raises(LibraryBusy, match="Stop API, workers and watchers"):
            import_library(on_servers, source)
        assert vectors(running) == []


def test_a_slow_download_keeps_nobody_from_opening_spaces(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "SHARD_BYTES", 2 * 4 * library.embedder.dim)  # of two windows
    index(sounds)
    kept = library.space_key
    switch(library, keep=True)
    assert library.space_key != kept
    seen = 0
    with exporting(library) as parts:
        for part in parts:
            if part.name.startswith("vectors/"):
                opening = threading.Thread(target=_open_spaces, args=(library,), daemon=True)
                opening.start()
                opening.join(timeout=10)
                assert not opening.is_alive()
                seen += 1
            for _ in part.blocks:
                pass
    assert seen == 4  # of three windows in each of two spaces


def _open_spaces(library: Library) -> None:
    with library.opening_spaces():
        pass


def test_every_table_is_exported_or_left_out_on_purpose() -> None:
    from foundsound.catalog.models import Base

    names = {table.name for table in exported_tables()}
    assert names | LEFT_OUT == set(Base.metadata.tables)
    assert not names & LEFT_OUT
