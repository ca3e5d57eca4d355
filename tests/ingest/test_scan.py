"""Scans of a root against the catalogue: drives that go, deletions, hidden files, flat memory."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile
from foundsound.catalog.models import Location, Root, RootMount, Sound, Work
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from foundsound.catalog.scope import is_offline
from foundsound.mounts import Mount
from ingest import scan as scan_module
from ingest.findings import Found
from ingest.scan import Scan, hold_nothing, scan_parts, scan_root
from tests.databases import both_databases


class Tree:
    """A folder of tiny files and the root that it is."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder
        self.catalog = catalog
        folder.mkdir()
        with catalog.write() as session:
            self.id = root_for(session, os.fsencode(folder)).id

    def write(self, *names: str) -> None:
        for name in names:
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(name.encode())

    def scan(
        self, *parts: str, hold: Callable[[SeenFile], bool] = hold_nothing, share: float = 0.5
    ) -> Found:
        with self.catalog.read() as session:
            root = root_settings(session, self.id)
        assert root is not None
        scan = Scan(self.catalog, root, share, hold=hold)
        return scan_parts(scan, [os.fsencode(part) for part in parts]) if parts else scan_root(scan)

    def settle(self) -> None:
        """As if everything was embedded."""
        with self.catalog.write() as session:
            for location in session.scalars(select(Location)):
                if session.get(Sound, location.path[-32:].rjust(32)) is None:
                    session.add(Sound(id=location.path[-32:].rjust(32), size=1))
                    session.flush()
                location.sound_id = location.path[-32:].rjust(32)
                location.work, location.due_at = Work.SETTLED, None

    def there(self) -> set[str]:
        """Paths that are no tombstones."""
        with self.catalog.read() as session:
            there = select(Location.path).where(Location.missing_since.is_(None))
            return set(session.scalars(there))

    def open_work(self) -> set[str]:
        with self.catalog.read() as session:
            waiting = select(Location.path).where(Location.work == Work.PENDING)
            return set(session.scalars(waiting))

    def change(self, **values: object) -> None:
        with self.catalog.write() as session:
            session.execute(update(Root).where(Root.id == self.id).values(**values))

    def root(self) -> Root:
        with self.catalog.read() as session:
            root = session.get_one(Root, self.id)
            session.expunge(root)
            return root


@pytest.fixture
def tree(tmp_path: Path, catalog: Catalog) -> Tree:
    return Tree(tmp_path / "root", catalog)


MANY = [f"{folder}/{number:03}.wav" for folder in "abc" for number in range(20)]


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


@both_databases
def test_an_emptied_root_is_offline_until_its_files_are_back(tree: Tree, tmp_path: Path) -> None:
    tree.write(*MANY)
    tree.scan()
    tree.folder.rename(tmp_path / "drive")
    tree.folder.mkdir()
    found = tree.scan()
    assert "60 files vanished at once" in found.offline
    assert (tree.there(), found.missing) == (set(MANY), 0)
    assert tree.root().offline_since is not None
    tree.folder.rmdir()
    assert "There is no folder" in tree.scan().offline
    (tmp_path / "drive").rename(tree.folder)
    assert (tree.scan().offline, tree.root().offline_since) == ("", None)


@pytest.mark.parametrize(
    ("gone", "share", "offline"),
    [(9, 0.1, False), (29, 0.5, False), (31, 0.5, True), (31, 0.9, False)],
)
def test_more_than_a_share_at_once_is_a_drive_that_is_off(
    tree: Tree, gone: int, share: float, offline: bool
) -> None:
    tree.write(*MANY)
    tree.scan()
    for name in MANY[:gone]:
        (tree.folder / name).unlink()
    found = tree.scan(share=share)
    assert bool(found.offline) == offline
    assert len(tree.there()) == (60 if offline else 60 - gone)


def test_a_loss_can_be_accepted(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    shutil.rmtree(tree.folder / "a")
    shutil.rmtree(tree.folder / "b")
    assert tree.scan().offline
    tree.change(accepts_loss=True)
    assert (tree.scan().missing, tree.root().offline_since) == (40, None)
    assert not tree.root().accepts_loss  # this once


def test_a_root_without_its_marker_is_offline(tree: Tree) -> None:
    tree.write(*MANY, "station.txt")
    tree.change(marker=b"station.txt")
    assert tree.scan().offline == ""
    (tree.folder / "station.txt").unlink()
    shutil.rmtree(tree.folder / "a")
    assert "marker station.txt" in tree.scan().offline
    assert tree.there() == set(MANY)


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> list[Mount]:
    """What the system says is mounted."""
    table = [Mount(b"/", "ext4")]
    monkeypatch.setattr(scan_module, "mounts", lambda: list(table))
    return table


def test_a_root_whose_mount_is_gone_is_offline(tree: Tree, mounted: list[Mount]) -> None:
    tree.write(*MANY)
    mounted.append(Mount(os.fsencode(tree.folder), "nfs4"))
    tree.scan()
    mounted.pop()
    for name in MANY[:5]:
        (tree.folder / name).unlink()  # what lies beneath the mount point looks a bit alike
    assert "Nothing is mounted at" in tree.scan().offline
    assert tree.there() == set(MANY)
    tree.change(accepts_loss=True, mount=None)
    assert tree.scan().missing == 5


@both_databases
def test_a_mount_inside_a_root_takes_no_file_with_it(tree: Tree, mounted: list[Mount]) -> None:
    tree.write(*MANY)
    mounted.append(Mount(os.fsencode(tree.folder / "a"), "exfat"))
    tree.scan()
    mounted.pop()
    shutil.rmtree(tree.folder / "a")
    (tree.folder / "a").mkdir()
    (tree.folder / "b" / "000.wav").unlink()
    found = tree.scan()
    assert (found.offline, found.missing) == ("", 1)
    assert tree.there() == set(MANY) - {"b/000.wav"}
    assert offline_paths(tree) == {name for name in MANY if name.startswith("a/")}
    assert tree.scan("a", "a/001.wav").missing == 0  # whatever is told of it meanwhile

    mounted.append(Mount(os.fsencode(tree.folder / "a"), "exfat"))
    tree.write(*[name for name in MANY if name.startswith("a/")])
    tree.scan()
    assert offline_paths(tree) == set()

    mounted.pop()
    shutil.rmtree(tree.folder / "a")
    tree.change(accepts_loss=True)
    assert tree.scan().missing == 20
    with tree.catalog.read() as session:
        assert session.scalars(select(RootMount)).all() == []


def offline_paths(tree: Tree) -> set[str]:
    with tree.catalog.read() as session:
        query = select(Location.path).join(Root, Root.id == Location.root_id)
        return set(session.scalars(query.where(is_offline())))


def test_a_drive_that_goes_during_a_scan_takes_no_file_with_it(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(*MANY)
    tree.scan()
    real = os.scandir

    def scandir(path: bytes) -> object:
        if os.fspath(path).endswith(b"/b"):
            tree.folder.rename(tmp_path / "gone")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert "There is no folder" in tree.scan().offline
    assert tree.there() == set(MANY)


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


def test_a_link_to_a_drive_that_is_off_takes_no_file_with_it(tree: Tree, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.wav").write_bytes(b"x")
    tree.write("a.wav")
    (tree.folder / "link").symlink_to(outside)
    (tree.folder / "file.wav").symlink_to(outside / "x.wav")
    tree.scan()
    assert tree.there() == {"a.wav", "file.wav", "link/x.wav"}
    outside.rename(tmp_path / "elsewhere")
    assert tree.scan().missing == 0
    assert tree.there() == {"a.wav", "file.wav", "link/x.wav"}
    (tree.folder / "link").unlink()
    assert tree.scan().missing == 1


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
