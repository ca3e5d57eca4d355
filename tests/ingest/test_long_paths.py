"""Paths as long as the system takes them, and longer ones."""

import os
from pathlib import Path

import pytest

from foundsound.library import Library
from tests.conftest import Index
from tests.databases import both_databases
from tests.finding import nearest
from tests.signals import noise, tone, write

PATH_MAX = 4096  # of Linux, with the zero byte at the end
NAME = "Ambience of an old harbour, " * 8


def deep_folder(root: Path, length: int) -> Path:
    """A folder below the root whose absolute path has so many bytes."""
    folder = root
    while (left := length - len(os.fsencode(folder)) - 1) > 0:
        name = NAME[: left if left <= len(NAME) else min(len(NAME), left - 2)]
        folder = folder / name.replace(" ", "_")
    folder.mkdir(parents=True)
    return folder


@both_databases
def test_a_path_of_four_thousand_characters(library: Library, index: Index, tmp_path: Path) -> None:
    root = tmp_path / "root"
    file = deep_folder(root, PATH_MAX - 1 - len("/rain.wav")) / "rain.wav"
    write(tmp_path / "rain.wav", noise(1.0)).rename(file)  # libsndfile writes no such path
    assert len(os.fsencode(file)) == PATH_MAX - 1
    progress = index(root)
    assert (progress.embedded, progress.problem_count) == (1, 0)
    assert [hit.path for hit in nearest(library)] == [str(file)]
    assert index(root).unchanged == 1
    (top,) = root.iterdir()
    top.rename(root / top.name[::-1])
    again = index(root)
    assert (again.moved, again.files_total) == (1, 0)
    (hit,) = nearest(library)
    assert Path(hit.path).exists()


def test_a_path_beyond_what_the_system_takes_costs_only_itself(
    library: Library, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    write(root / "near.wav", tone(1.0))
    folder = deep_folder(root, PATH_MAX - 100)
    monkeypatch.chdir(folder)
    os.mkdir("x" * 200)
    write(Path("x" * 200, "far.wav"), noise(1.0))
    progress = index(root)
    assert (progress.embedded, progress.problem_count) == (1, 1)
    assert progress.problems[0].reason == "The folder cannot be read: File name too long."
    assert index(root).unchanged == 1
