"""Roots inside others: which a larger folder takes over, and which stay what they are."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import mark_missing
from foundsound.catalog.models import Location, Root, RootMount, utc_now
from foundsound.catalog.roots import remove_root, root_for
from foundsound.library import Library
from foundsound.mounts import Mount
from foundsound.root_report import RootChange, add_root
from tests.conftest import Index
from tests.databases import both_databases
from tests.ingest.scanned_tree import Tree
from tests.signals import noise, write


def files(library: Library) -> dict[str, list[str]]:
    """By the name of their root, the files that are no tombstones."""
    with library.catalog.read() as session:
        found: dict[str, list[str]] = {}
        query = select(Root.path, Location.path).join(Root, Root.id == Location.root_id)
        there = query.where(Location.missing_since.is_(None)).order_by(Location.path)
        for root, path in session.execute(there):
            found.setdefault(os.path.basename(root).decode(), []).append(path)
    return found


def sound(path: Path, seed: int) -> Path:
    return write(path, noise(0.5, seed=seed))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two folders of two sounds each."""
    for number, name in enumerate(("usb/1", "usb/2", "local/1", "local/2")):
        sound(tmp_path / "n" / f"{name}.wav", number)
    return tmp_path / "n"


@both_databases
def test_a_larger_folder_takes_no_file_of_a_drive_that_is_off(
    library: Library, index: Index, folder: Path, mounted: list[Mount], tmp_path: Path
) -> None:
    mounted.append(Mount(os.fsencode(folder / "usb"), "exfat"))
    index(folder / "usb")
    index(folder / "local")
    mounted.pop()
    shutil.move(folder / "usb", tmp_path / "unplugged")
    (folder / "usb").mkdir()
    told = index(folder)
    everything = {"n": ["local/1.wav", "local/2.wav"], "usb": ["1.wav", "2.wav"]}
    assert (told.missing, files(library)) == (0, everything)
    assert [problem.path for problem in told.problems] == [str(folder / "usb")]
    assert "Nothing is mounted at" in told.problems[0].reason

    (folder / "usb").rmdir()  # and no place for it
    assert "Nothing is mounted at" in index(folder).problems[0].reason
    shutil.move(tmp_path / "unplugged", folder / "usb")
    mounted.append(Mount(os.fsencode(folder / "usb"), "exfat"))
    (folder / "usb" / "1.wav").unlink()
    sound(folder / "usb" / "3.wav", 9)
    told = index(folder)
    assert (told.missing, told.new, told.embedded, told.elsewhere) == (1, 1, 1, 0)
    assert files(library) == {**everything, "usb": ["2.wav", "3.wav"]}


@both_databases
def test_a_root_with_settings_keeps_them_in_a_larger_folder(
    library: Library, index: Index, folder: Path
) -> None:
    with library.catalog.write() as session:
        inner = add_root(
            session, os.fsencode(folder / "usb"), RootChange(name="stick", ignore=["2.wav"])
        ).id
    told = index(folder)
    assert (told.new, told.embedded) == (3, 3)
    assert files(library) == {"n": ["local/1.wav", "local/2.wav"], "usb": ["1.wav"]}
    with library.catalog.read() as session:
        root = session.get_one(Root, inner)
        assert (root.watched, root.name, root.ignored) == (True, "stick", "2.wav")
    assert index(folder / "usb" / "1.wav").unchanged == 1
    assert remove_root(library.catalog, inner)
    told = index(folder)
    assert (told.new, told.embedded) == (1, 1)  # what its pattern hid
    assert files(library) == {"n": ["local/1.wav", "local/2.wav", "usb/1.wav", "usb/2.wav"]}


@pytest.mark.parametrize(
    "own",
    [
        {"watched": True},
        {"paused": True},
        {"name": "stick"},
        {"mode": "polling"},
        {"interval_s": 5.0},
        {"ignored": "*.bak"},
        {"marker": b"station.txt"},
        {"accepts_loss": True},
        {"offline_since": utc_now()},
        {"mount": b"/n/a"},
        {"path": b"/n/.hidden"},
    ],
)
def test_what_a_larger_root_would_not_know_stays(catalog: Catalog, own: dict[str, object]) -> None:
    with catalog.write() as session:
        session.add(Root(**{"path": b"/n/a", **own}))
    with catalog.write() as session:
        assert root_for(session, b"/n").path == b"/n"
    with catalog.read() as session:
        (inner,) = session.scalars(select(Root).where(Root.path != b"/n"))
        assert {key: getattr(inner, key) for key in own} == own


@both_databases
def test_the_drives_of_a_root_that_is_taken_over_are_known(catalog: Catalog) -> None:
    with catalog.write() as session:
        root_id = root_for(session, b"/mnt/n/a").id
        session.get_one(Root, root_id).mount = b"/mnt"
        session.add(RootMount(root_id=root_id, raw_path=b"usb/", below_end=b"usb0"))
    with catalog.write() as session:
        root_for(session, b"/mnt/n")
    with catalog.read() as session:
        (root,), (mount,) = session.scalars(select(Root)), session.scalars(select(RootMount))
        assert (root.path, root.mount) == (b"/mnt/n", b"/mnt")
        assert (mount.raw_path, mount.below_end) == (b"a/usb/", b"a/usb0")


def test_what_is_told_of_an_inner_root_is_no_business_of_the_outer_one(
    tree: Tree, catalog: Catalog
) -> None:
    tree.write("x.wav", "inner/y.wav")
    with catalog.write() as session:
        session.add(Root(path=os.fsencode(tree.folder / "inner"), watched=True))
    assert tree.scan("inner/y.wav", "inner", "x.wav").new == 1
    assert tree.scan().new == 0
    assert tree.there() == {"x.wav"}


def test_who_watches_a_folder_watches_the_roots_inside_it(catalog: Catalog, tmp_path: Path) -> None:
    inner = tmp_path / "n" / "usb"
    inner.mkdir(parents=True)
    with catalog.write() as session:
        root_for(session, os.fsencode(inner)).ignored = "*.bak"
    with catalog.write() as session:
        add_root(session, os.fsencode(tmp_path / "n"), RootChange(mode="polling"))
    with catalog.read() as session:
        roots = session.scalars(select(Root).order_by(Root.path))
        told = [(root.watched, root.mode, root.ignored) for root in roots]
    assert told == [(True, "polling", ""), (True, "auto", "*.bak")]


@both_databases
def test_files_that_move_into_an_inner_root_are_no_loss(
    library: Library, index: Index, folder: Path
) -> None:
    with library.catalog.write() as session:
        add_root(session, os.fsencode(folder / "usb"), RootChange(name="stick"))
    index(folder)
    for path in sorted((folder / "local").iterdir()):
        path.rename(folder / "usb" / f"moved {path.name}")
    told = index(folder)
    assert (told.moved, told.missing, told.embedded, told.problems) == (2, 0, 0, [])
    there = ["1.wav", "2.wav", "moved 1.wav", "moved 2.wav"]
    assert files(library) == {"usb": there}
    for name in there:
        (folder / "usb" / name).rename(folder / name)
    index(folder)  # the inner root is looked at before its files are met
    assert index(folder).problems == []
    assert files(library) == {"n": there}


@both_databases
def test_a_file_that_another_root_has_taken_is_not_missing(catalog: Catalog) -> None:
    with catalog.write() as session:
        roots = [Root(path=path) for path in (b"/n", b"/n/usb")]
        session.add_all(roots)
        session.flush()
        outer, inner = (root.id for root in roots)
        name = {"raw_path": b"x.wav", "path": "x.wav", "size": 1, "mtime_ns": 1}
        moved = Location(root_id=inner, **name)
        session.add(moved)
        session.flush()
        mark_missing(session, outer, [moved.id])
        assert moved.missing_since is None
        mark_missing(session, inner, [moved.id])
        session.refresh(moved)
        assert moved.missing_since is not None


def test_what_lies_in_a_root_that_stays_is_not_taken_over(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.add_all([Root(path=b"/n/a", name="A"), Root(path=b"/n/a/b"), Root(path=b"/n/c")])
    with catalog.write() as session:
        root_for(session, b"/n")
    with catalog.read() as session:
        roots = set(session.scalars(select(Root.path)))
    assert roots == {b"/n", b"/n/a", b"/n/a/b"}


def test_a_link_into_an_inner_root_goes_with_its_file(tree: Tree, catalog: Catalog) -> None:
    tree.write("x.wav", "inner/y.wav")
    (tree.folder / "link.wav").symlink_to("inner/y.wav")
    with catalog.write() as session:
        inner = Root(path=os.fsencode(tree.folder / "inner"), watched=True)
        session.add(inner)
        session.flush()
        inner_id = inner.id
    tree.scan()
    (tree.folder / "inner" / "y.wav").unlink()
    with catalog.write() as session:
        session.get_one(Root, inner_id).offline_since = utc_now()
    tree.scan()
    assert tree.there() == {"x.wav", "link.wav"}
    with catalog.write() as session:
        session.get_one(Root, inner_id).offline_since = None
    tree.scan()
    assert tree.there() == {"x.wav"}
