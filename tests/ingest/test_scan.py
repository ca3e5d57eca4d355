"""Scans of a root against the catalogue: differences, parts, hidden files, flat memory."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Sound, Work
from foundsound.catalog.root_state import root_settings
from foundsound.mounts import Mount
from ingest.scan import Scan, scan_root
from tests.databases import both_databases
from tests.ingest.scanned_tree import MANY, Tree


@both_databases
def test_a_scan_writes_down_what_differs(tree: Tree) -> None:
    tree.write(*MANY, "notes.txt", ".hidden.wav")
    assert tree.scan().new == 60
    assert tree.there() == tree.open_work() == set(MANY)
    tree.settle()
    assert (tree.scan().unchanged, tree.open_work()) == (60, set())
    (tree.folder / "a").rename(tree.folder / "a0")
    (tree.folder / "b" / "000.wav").unlink()
    tree.write("b/001.wav", "b/new.wav")
    found = tree.scan()
    assert (found.moved, found.missing, found.changed, found.new) == (20, 1, 1, 1)
    assert (found.unchanged, tree.open_work()) == (38, {"b/001.wav", "b/new.wav"})
    assert "a/000.wav" not in tree.there()
    assert "a0/000.wav" in tree.there()
    assert tree.scan().unchanged == 60


@both_databases
def test_parts_are_looked_at_alone(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    tree.settle()
    (tree.folder / "a" / "000.wav").unlink()
    (tree.folder / "b" / "000.wav").unlink()
    tree.write("a/new.wav", "c/new.wav")
    assert tree.scan("b/000.wav", "c/new.wav", "nowhere", "a/001.wav").missing == 1
    assert "a/000.wav" in tree.there()
    assert tree.open_work() == {"c/new.wav"}
    (tree.folder / "c").rename(tree.folder / "d")
    found = tree.scan("c", "d")
    assert (found.moved, found.missing) == (21, 0)
    assert tree.scan("a").new == 1
    assert tree.scan().unchanged == 60


def test_a_part_inside_another_part_is_looked_at_once(tree: Tree) -> None:
    """A hard link among them: each of its two rows could go to the one new place."""
    tree.write("a/1.wav")
    os.link(tree.folder / "a" / "1.wav", tree.folder / "a" / "2.wav")
    tree.scan()
    tree.settle()
    (tree.folder / "a").rename(tree.folder / "b")
    found = tree.scan("b", "b/1.wav", "b/2.wav", "a", "a/1.wav")
    assert (found.moved, found.missing, found.new) == (2, 0, 0)
    assert tree.there() == {"b/1.wav", "b/2.wav"}


def test_ten_thousand_files_in_a_renamed_folder(tree: Tree) -> None:
    for number in range(10_000):
        if number % 500 == 0:
            folder = tree.folder / "Vendor" / f"{number // 500}"
            folder.mkdir(parents=True)
        (folder / f"{number}.wav").write_bytes(b"x")
    assert tree.scan().new == 10_000
    with tree.catalog.write() as session:
        session.add(Sound(id="x", size=1))
        session.flush()
        session.execute(update(Location).values(sound_id="x", work=Work.SETTLED, due_at=None))
    (tree.folder / "Vendor").rename(tree.folder / "Renamed")
    found = tree.scan("Vendor", "Renamed")
    assert (found.moved, found.missing, found.new, found.changed) == (10_000, 0, 0, 0)
    assert tree.open_work() == set()  # no worker reads any of them
    assert all(path.startswith("Renamed/") for path in tree.there())


def test_many_problems_are_counted_and_some_are_listed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.findings.MAX_PROBLEMS", 3)
    for number in range(5):
        (tree.folder / f"{number}.wav").symlink_to("/nowhere")
    found = tree.scan()
    assert (found.problem_count, len(found.problems)) == (5, 3)


@both_databases
def test_two_scans_at_once_do_no_harm(tree: Tree) -> None:
    tree.write(*MANY)
    errors: list[Exception] = []

    def scan() -> None:
        try:
            for _ in range(3):
                tree.scan()
        except Exception as error:
            errors.append(error)

    for folder in "ab":
        threads = [threading.Thread(target=scan) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(tree.there()) == 60
        (tree.folder / folder).rename(tree.folder / f"{folder}-renamed")
    tree.scan()
    with tree.catalog.read() as session:
        assert session.scalar(select(func.count()).select_from(Location)) == 60


def test_a_file_that_is_held_is_not_written_down(tree: Tree) -> None:
    tree.write("a.wav", "b.wav")
    found = tree.scan(hold=lambda seen: seen.raw_path == b"a.wav")
    assert (found.new, found.held, tree.there()) == (1, 1, {"b.wav"})
    tree.settle()
    tree.write("b.wav")
    os.utime(tree.folder / "b.wav")
    assert tree.scan(hold=lambda _: True).held == 2
    assert tree.open_work() == set()  # what it was is found until it is known what it is


def test_no_file_is_opened(
    tree: Tree, mounted: list[Mount], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mounted
    tree.write(*MANY)
    tree.scan()
    opened: list[object] = []

    def note(path: object, *_: object, **__: object) -> None:
        opened.append(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", note)
        patched.setattr("builtins.open", note)
        assert tree.scan().unchanged == 60
        (tree.folder / "a").rename(tree.folder / "x")
        assert tree.scan().moved == 20
        (tree.folder / "b").rename(tree.folder / ".b")
        assert tree.scan().missing == 20
    assert opened == []


def test_a_rescan_without_changes_writes_no_file_rows(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    statements: list[str] = []
    with tree.catalog.read() as session:
        engine = session.get_bind()

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    tree.scan()
    event.remove(engine, "before_cursor_execute", note)
    assert statements
    assert not [line for line in statements if "locations" in line and "SELECT" not in line]


def test_a_pattern_hides_files_however_many(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    tree.settle()
    tree.change(ignored="a/\nb/")
    assert (tree.scan().missing, tree.scan().offline) == (40, "")
    assert tree.there() == {name for name in MANY if name.startswith("c/")}
    tree.change(ignored="")
    tree.scan()
    assert (tree.there(), tree.open_work()) == (set(MANY), set())


def test_a_stopped_scan_takes_nothing_for_gone(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    shutil.rmtree(tree.folder / "a")
    with tree.catalog.read() as session:
        root = root_settings(session, tree.id)
    assert root is not None
    stop = threading.Event()
    stop.set()
    assert scan_root(Scan(tree.catalog, root, 0.5, stop=stop)).missing == 0
    assert tree.there() == set(MANY)


def test_a_file_system_that_ignores_case_has_the_file_under_its_new_name_alone(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the old name still opens the file; only the folder's list tells."""
    tree.write("Rain.wav")
    tree.scan()
    tree.settle()
    (tree.folder / "Rain.wav").rename(tree.folder / "RAIN.wav")
    real = os.lstat
    old = os.fsencode(tree.folder / "Rain.wav")
    monkeypatch.setattr(
        os,
        "lstat",
        lambda path: real(os.fsencode(tree.folder / "RAIN.wav") if path == old else path),
    )
    found = tree.scan()
    assert (found.moved, found.new, tree.there()) == (1, 0, {"RAIN.wav"})


def test_numbers_of_any_size_are_kept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """File servers have inodes beyond what a database's integers hold."""
    tree.write("a.wav")
    real = os.stat

    def stat(path: bytes, **kw: object) -> os.stat_result:
        status = real(path)
        if os.fspath(path).endswith(b".wav"):
            values = list(status)
            values[1], values[2] = 2**64 - 5, 2**64 - 7
            return os.stat_result(values, {"st_mtime_ns": status.st_mtime_ns, "st_ctime_ns": 0})
        return status

    monkeypatch.setattr(os, "stat", stat)
    assert (tree.scan().new, tree.scan().unchanged) == (1, 1)
    with tree.catalog.read() as session:
        location = session.scalars(select(Location)).one()
        assert (location.inode, location.device) == (-5, -7)


def inodes(session: Session) -> dict[str, int | None]:
    return {location.path: location.inode for location in session.scalars(select(Location))}


def test_an_older_library_learns_its_inodes(tree: Tree) -> None:
    tree.write("a.wav", "b.wav")
    tree.scan()
    tree.settle()
    with tree.catalog.write() as session:
        known = inodes(session)
        session.execute(update(Location).values(inode=None, device=None))
    assert tree.scan().unchanged == 2
    with tree.catalog.read() as session:
        assert inodes(session) == known


@both_databases
def test_a_write_through_one_name_of_a_file_is_one_through_all(
    tree: Tree, catalog: Catalog, tmp_path: Path
) -> None:
    other = Tree(tmp_path / "other", catalog)
    tree.write("a.wav", "c.wav")
    os.link(tree.folder / "a.wav", tree.folder / "b.wav")
    os.link(tree.folder / "a.wav", other.folder / "far.wav")
    os.link(tree.folder / "c.wav", tree.folder / "d.wav")
    tree.scan()
    other.scan()
    tree.settle()
    assert tree.open_work() == set()
    (tree.folder / "b.wav").unlink()
    (tree.folder / "b.wav").write_bytes(b"a file of its own")
    (tree.folder / "a.wav").write_bytes(b"something else")
    assert tree.scan("a.wav").changed == 2
    assert tree.open_work() == {"a.wav", "far.wav"}
    tree.settle()
    assert (other.scan().unchanged, other.open_work()) == (1, set())
