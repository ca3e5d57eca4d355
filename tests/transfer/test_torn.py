"""What is torn, changed or foreign is refused in a sentence, and leaves nothing behind."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from foundsound.errors import FoundsoundError, InvalidRequest, LibraryError
from foundsound.library import Library, library_exists
from foundsound.settings import Settings
from foundsound.transfer import importing
from foundsound.transfer.archive import appearing, open_source, write_file, write_folder
from foundsound.transfer.export import exporting
from foundsound.transfer.importing import import_library
from foundsound.transfer.rows import insert_tables
from tests.conftest import Index
from tests.transfer.held import back_up, found, vectors


@pytest.fixture
def file(library: Library, index: Index, sounds: Path, tmp_path: Path) -> Path:
    index(sounds)
    return back_up(library, tmp_path / "backup.zip")


@pytest.fixture
def new(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"data_dir": tmp_path / "new"})


def refused(new: Settings, path: Path) -> str:
    with pytest.raises(FoundsoundError) as told, open_source(path) as source:
        import_library(new, source)
    assert not library_exists(new)
    return str(told.value)


def test_a_backup_that_was_cut_off_anywhere(file: Path, new: Settings, tmp_path: Path) -> None:
    whole = file.read_bytes()
    torn = tmp_path / "torn.zip"
    for share in (0.0, 0.01, 0.3, 0.5, 0.9, 0.999):
        torn.write_bytes(whole[: int(len(whole) * share)])
        assert "is no export of a foundsound library, or only a part of one" in refused(new, torn)
    torn.write_bytes(whole[:-1])
    refused(new, torn)


def test_a_backup_with_one_changed_byte(file: Path, new: Settings, tmp_path: Path) -> None:
    whole = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        parts = [info.header_offset for info in archive.infolist() if info.compress_size > 400]
    assert len(parts) > 3
    directory = whole.rindex(b"PK\x01\x02")
    changed = tmp_path / "changed.zip"
    # Within parts; in the directory's last entry, the manifest's: how it is packed, its name.
    for at in [*(start + 200 for start in parts), directory + 10, directory + 50]:
        flipped = bytearray(whole)
        flipped[at] ^= 0x10
        changed.write_bytes(flipped)
        refused(new, changed)


def test_a_folder_that_lacks_or_changed_something(
    file: Path, new: Settings, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(whole)
    for name in ("manifest.json", "catalogue/sounds.jsonl", "vectors/1-000000.safetensors"):
        torn = tmp_path / "torn"
        shutil.copytree(whole, torn)
        (torn / name).unlink()
        assert "only a part of one" in refused(new, torn)
        data = bytearray((whole / name).read_bytes())
        data[len(data) // 2] ^= 1
        (torn / name).write_bytes(data)
        refused(new, torn)
        shutil.rmtree(torn)
    manifest = json.loads((whole / "manifest.json").read_text())
    for change, sentence in (
        ({"format": "another"}, "no export of a foundsound library"),
        ({"version": 99}, "A newer foundsound made this export"),
        ({"sounds": 99}, "its manifest does not fit itself"),
    ):
        (whole / "manifest.json").write_text(json.dumps(manifest | change))
        assert sentence in refused(new, whole)


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04 nothing", b"[1, 2]"])
def test_what_is_no_export(content: bytes, new: Settings, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(content)
    assert "is no export" in refused(new, foreign)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(content)
    assert "no export" in refused(new, folder)
    assert "There is no" in refused(new, tmp_path / "absent")


def test_an_import_that_fails_half_way_leaves_an_empty_library(
    library: Library, file: Path, new: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fail(session: Session, *arguments: Any) -> None:
        insert_tables(session, *arguments)
        raise LibraryError("The power went out.")

    monkeypatch.setattr(importing, "insert_tables", fail)
    with pytest.raises(LibraryError, match="power"), open_source(file) as source:
        import_library(new, source)
    monkeypatch.undo()
    with Library(new) as empty:
        assert empty.vectors.count() == 0
        assert found(empty) == []
    with open_source(file) as source:
        import_library(new, source)
    with Library(new) as there:
        assert vectors(there) == vectors(library)  # to the last bit


def test_a_place_that_is_taken_stays(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(InvalidRequest, match="exists already"), appearing(taken):
        raise AssertionError
    assert taken.read_text() == "mine"
    with pytest.raises(OSError, match="full"), appearing(tmp_path / "new") as partial:
        write_file(full(), partial)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def full() -> Iterator[bytes]:
    yield b"half"
    raise OSError("full")


def test_nobody_else_may_read_it(
    library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    file = back_up(library, tmp_path / "backup.zip")
    with exporting(library) as parts:
        write_folder(parts, tmp_path / "export")
    for path in (file, *(tmp_path / "export").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert not list(library.settings.data_dir.glob("export-*"))
