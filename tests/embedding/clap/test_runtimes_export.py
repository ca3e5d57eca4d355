"""Converted files are made once, kept whole, and made anew when they are damaged."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from foundsound.embedding.clap.runtimes import verdicts
from foundsound.embedding.clap.runtimes.export_cache import ConversionError, Export
from foundsound.embedding.clap.runtimes.verdicts import remembered

CONTENT = b"graph" * 1000


class Builds:
    """Makes an export of two files, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, folder: Path) -> None:
        self.count += 1
        (folder / "audio.onnx").write_bytes(CONTENT)
        (folder / "facts.json").write_text('{"channels": 1}')


def test_it_is_made_once(tmp_path: Path) -> None:
    builds = Builds()
    assert Export(tmp_path, "m1", builds).file("audio.onnx").read_bytes() == CONTENT
    later = Export(tmp_path, "m1", builds)
    assert later.facts == {"channels": 1}
    assert later.file("audio.onnx").read_bytes() == CONTENT
    assert builds.count == 1
    assert Export(tmp_path, "m2", builds).file("audio.onnx").exists()
    assert builds.count == 2  # another model has files of its own


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "audio.onnx").write_bytes(CONTENT[:-1]),
        lambda folder: (folder / "audio.onnx").write_bytes(CONTENT[:-1] + b"X"),
        lambda folder: (folder / "audio.onnx").write_bytes(b""),
        lambda folder: (folder / "audio.onnx").unlink(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: (folder / "manifest.json").write_text("[]"),
    ],
)
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: object) -> None:
    builds = Builds()
    made = Export(tmp_path, "m1", builds)
    made.file("audio.onnx")
    assert callable(damage)
    damage(made.folder)
    (made.folder / "verdict-x.json").write_text("of the damaged one")
    assert Export(tmp_path, "m1", builds).file("audio.onnx").read_bytes() == CONTENT
    assert builds.count == 2
    assert not (made.folder / "verdict-x.json").exists()
    assert [path.name for path in (tmp_path / "clap").iterdir() if path.is_dir()] == [
        made.folder.name
    ]


def test_a_failed_conversion_leaves_nothing(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "audio.onnx").write_bytes(CONTENT)
        raise ConversionError("no operator")

    with pytest.raises(ConversionError, match="no operator"):
        Export(tmp_path, "m1", fails).file("audio.onnx")
    assert not [path for path in (tmp_path / "clap").iterdir() if path.is_dir()]


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ConversionError, match=r"No space.*FOUNDSOUND_CACHE_DIR"):
        Export(tmp_path, "m1", full).file("audio.onnx")


def test_processes_that_start_together_make_it_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_open_in_a_process, [tmp_path] * 3))
    assert found == [CONTENT] * 3
    assert len((tmp_path / "builds").read_text().splitlines()) == 1


def _open_in_a_process(cache: Path) -> bytes:
    def build(folder: Path) -> None:
        with (cache / "builds").open("a") as file:
            file.write(f"{os.getpid()}\n")
        Builds()(folder)

    return Export(cache, "m1", build).file("audio.onnx").read_bytes()


def test_a_verdict_is_measured_once_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([0.9, 0.8])
    assert remembered(tmp_path, "onnxruntime", lambda: next(answers)) == 0.9
    assert remembered(tmp_path, "onnxruntime", lambda: next(answers)) == 0.9
    monkeypatch.setattr(verdicts, "runtime_key", lambda _: "a newer library")
    assert remembered(tmp_path, "onnxruntime", lambda: next(answers)) == 0.8


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 1}'])
def test_a_damaged_verdict_is_measured_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "verdict-onnxruntime.json").write_text(content)
    assert remembered(tmp_path, "onnxruntime", lambda: 0.7) == 0.7


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    assert remembered(tmp_path / "missing", "onnxruntime", lambda: 0.7) == 0.7
