"""What stands at a file's place: the file, a link to it, or another thing of its name."""

import os
from pathlib import Path

from foundsound.mounts import Mount
from tests.databases import both_databases
from tests.ingest.scanned_tree import MANY, Tree


@both_databases
def test_a_folder_or_a_pipe_in_a_files_place_is_not_the_file(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    for name in ("a/000.wav", "b/000.wav"):
        (tree.folder / name).unlink()
    (tree.folder / "a" / "000.wav").mkdir()
    os.mkfifo(tree.folder / "b" / "000.wav")
    assert tree.scan().missing == 2
    assert tree.there() == set(MANY) - {"a/000.wav", "b/000.wav"}


def test_a_file_that_makes_room_for_a_folder_of_its_name_has_moved(tree: Tree) -> None:
    tree.write(*MANY)
    tree.scan()
    tree.settle()
    (tree.folder / "a" / "000.wav").rename(tree.folder / "first.wav")
    (tree.folder / "a" / "000.wav").mkdir()
    (tree.folder / "a" / "000.wav" / "inside.wav").write_bytes(b"inside")
    found = tree.scan()
    assert (found.moved, found.new, found.missing) == (1, 1, 0)
    assert tree.there() == set(MANY) - {"a/000.wav"} | {"first.wav", "a/000.wav/inside.wav"}


@both_databases
def test_a_link_goes_with_the_file_that_it_leads_to(
    tree: Tree, mounted: list[Mount], tmp_path: Path
) -> None:
    tree.write(*MANY)
    (tmp_path / "far.wav").write_bytes(b"far")
    links = {"one.wav": "a/000.wav", "two.wav": "one.wav", "far.wav": "../far.wav"}
    for link, target in {**links, "drive.wav": "b/000.wav"}.items():
        (tree.folder / link).symlink_to(target)
    mounted.append(Mount(os.fsencode(tree.folder / "b"), "exfat"))
    tree.scan()
    everything = {*MANY, *links, "drive.wav"}
    assert tree.there() == everything
    mounted.pop()
    for gone in ("a/000.wav", "b/000.wav", "../far.wav"):
        (tree.folder / gone).unlink()
    assert tree.scan().missing == 3
    assert tree.there() == everything - {"a/000.wav", "one.wav", "two.wav"}


def test_the_only_file_is_told_of_as_one(tree: Tree) -> None:
    tree.write("a.wav")
    tree.scan()
    (tree.folder / "a.wav").unlink()
    assert "The only file vanished. If you deleted it, say so" in tree.scan().offline
