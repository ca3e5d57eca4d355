"""Drives that go, and folders that are emptied: what counts as deleted, and what as away."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.catalog.models import Location, Root, RootMount
from foundsound.catalog.scope import is_offline
from foundsound.mounts import Mount
from tests.databases import both_databases
from tests.ingest.scanned_tree import MANY, Tree


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
