"""What was made is kept whole, until something newer needs its room."""

import os
import time
from pathlib import Path

from foundsound.media.derived_files import SCRATCH, DerivedFiles

KIB = 1024


def add(files: DerivedFiles, name: str, size: int = 100 * KIB) -> None:
    with files.unfinished() as folder:
        (folder / "made").write_bytes(b"x" * size)
        files.keep(folder / "made", name)


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    files = DerivedFiles(tmp_path / "media", 1000 * KIB)
    assert files.find("ab12") is None
    add(files, "ab12")
    found = files.find("ab12")
    assert found is not None
    assert found.stat().st_size == 100 * KIB
    assert not list((tmp_path / "media").glob(f"{SCRATCH}*"))


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    files = DerivedFiles(tmp_path / "media", 500 * KIB)
    for number in range(5):
        add(files, f"{number:04}")
        found = files.find(f"{number:04}")
        assert found is not None
        age(found, 1000 - number)
    assert files.find("0000") is not None  # used again
    add(files, "0005")
    left = {path.name for path in (tmp_path / "media").rglob("*") if path.is_file()}
    assert left == {"0000", "0003", "0004", "0005"}


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    files = DerivedFiles(tmp_path / "media", 150 * KIB)
    add(files, "0000")
    add(files, "0001")
    assert files.find("0000") is not None
    assert files.find("0001") is not None


def test_a_process_that_comes_later_counts_what_is_there(tmp_path: Path) -> None:
    first = DerivedFiles(tmp_path / "media", 250 * KIB)
    for number in range(2):
        add(first, f"{number:04}")
        age(tmp_path / "media" / "00" / f"{number:04}", 1000 - number)
    later = DerivedFiles(tmp_path / "media", 250 * KIB)
    add(later, "0002")
    assert later.find("0000") is None
    assert later.find("0002") is not None


def test_leftovers_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    files = DerivedFiles(tmp_path / "media", 1000 * KIB)
    old, fresh = (tmp_path / "media" / f"{SCRATCH}{name}" for name in ("old", "fresh"))
    for folder in (old, fresh):
        folder.mkdir(parents=True)
        (folder / "part").write_bytes(b"x")
    age(old, 100_000)
    add(files, "0000")
    assert not old.exists()
    assert fresh.exists()
