import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundsound.catalog.locations import SeenFile
from foundsound.catalog.stats import Problem
from foundsound.ignore_rules import IgnoreRules
from ingest.walk import Unseen, Walk, files_below


def make(root: Path, *names: str | bytes) -> None:
    for name in names:
        path = os.path.join(os.fsencode(root), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"x")


def walk(root: Path, patterns: str = "") -> tuple[list[bytes], list[str]]:
    problems: list[Problem] = []
    found = files_below(os.fsencode(root), IgnoreRules(patterns), problems.append)
    return [file.raw_path for file in found], [problem.reason for problem in problems]


def test_the_order_is_that_of_whole_paths(tmp_path: Path) -> None:
    """Not that of names: "a-b.wav" comes before "a/b.wav", and "a.wav" between them."""
    make(tmp_path, "a/b.wav", "a-b.wav", "a.wav", "a0.wav", "b/a/c.wav", "b/a.wav", "b/a!/x.wav")
    make(tmp_path, b"b/\xff.wav", "b/\u00e4.wav", "b/a\u0308.wav", "b/two\nlines.wav")
    found, _ = walk(tmp_path)
    assert found == sorted(found)
    assert len(found) == 11


def test_only_audio_and_nothing_hidden(tmp_path: Path) -> None:
    make(tmp_path, "a.wav", "A.WAV", "a.txt", ".b.wav", "~c.wav", "@eaDir/a.wav", "x/d.wav")
    assert walk(tmp_path)[0] == [b"A.WAV", b"a.wav", b"x/d.wav"]
    assert walk(tmp_path, "x/\n!.b.wav")[0] == [b".b.wav", b"A.WAV", b"a.wav"]


def test_linked_folders_come_last_and_once(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    make(root, "z/real.wav")
    make(outside, "deep/far.wav")
    (root / "a-link").symlink_to(outside)
    (root / "b-link").symlink_to(outside / "deep")  # walked below a-link
    (root / "c-link").symlink_to(root / "z")  # met under its real path
    (root / "z" / "loop").symlink_to(root)
    (outside / "deep" / "loop").symlink_to(outside)
    (outside / "back").symlink_to(root)
    found, problems = walk(root)
    assert found == [b"z/real.wav", b"a-link/deep/far.wav"]
    assert set(problems) == {"This link leads back to a folder above it; it is not followed."}


def test_a_link_to_a_hidden_folder_is_followed(tmp_path: Path) -> None:
    make(tmp_path, ".store/a.wav")
    (tmp_path / "shown").symlink_to(tmp_path / ".store")
    assert walk(tmp_path)[0] == [b"shown/a.wav"]


def test_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "dead.wav").symlink_to(tmp_path / "nothing")
    (tmp_path / "ring.wav").symlink_to(tmp_path / "ring.wav")
    make(tmp_path, "a.wav")
    found, problems = walk(tmp_path)
    assert found == [b"a.wav"]
    assert len(problems) == 2


def test_what_is_not_looked_into_is_said(tmp_path: Path) -> None:
    make(tmp_path, "a.wav", "off/b.wav", "z.wav")
    (tmp_path / "link").symlink_to(tmp_path.parent)
    (tmp_path / "link2").symlink_to("/etc")
    walker = Walk(os.fsencode(tmp_path), IgnoreRules(), lambda _: None, frozenset({b"off"}))
    seen = [(type(item), item.raw_path) for item in walker.below(b"")]
    assert seen == [
        (SeenFile, b"a.wav"),
        (Unseen, b"link"),
        (Unseen, b"link2"),
        (Unseen, b"off"),
        (SeenFile, b"z.wav"),
    ]


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """Is removed by rm, because Python's own way is neither deep nor long enough."""
    folder = tmp_path / "deep"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_a_tree_may_be_deeper_than_calls_of_python(deep_folder: Path) -> None:
    levels = 1500
    assert levels > sys.getrecursionlimit()
    subprocess.run(["mkdir", "-p", f"{deep_folder}/{'d/' * levels}"], check=True)
    (deep_folder / ("d/" * levels + "x.wav")).write_bytes(b"x")
    assert walk(deep_folder) == ([b"d/" * levels + b"x.wav"], [])


def test_a_path_that_the_system_cannot_open_is_told_and_stops_nothing(deep_folder: Path) -> None:
    """Longer than PATH_MAX: it can be made from within, and never opened by its whole path."""
    make(deep_folder, "a.wav", "z.wav")
    here = os.open(deep_folder, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("x.wav", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    found, problems = walk(deep_folder)
    assert found == [b"a.wav", b"z.wav"]
    assert problems == ["The folder cannot be read: File name too long."]


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_only_looks_like_audio_is_no_file(tmp_path: Path, kind: str) -> None:
    if kind == "fifo":
        os.mkfifo(tmp_path / "a.wav")
    else:
        (tmp_path / "a.wav").mkdir()
    assert walk(tmp_path)[0] == []
