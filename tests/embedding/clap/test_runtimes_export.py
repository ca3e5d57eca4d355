"""Converted files are made once, kept whole, and made anew when they are damaged."""

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from foundsound.embedding.clap.runtimes import verdicts
from foundsound.embedding.clap.runtimes.export_cache import FORMAT, ConversionError, Export
from foundsound.embedding.clap.runtimes.exported_tokens import ExportedTokens
from foundsound.embedding.clap.runtimes.leftovers import LONGEST_S, NEW, OLD
from foundsound.embedding.clap.runtimes.verdicts import remembered
from foundsound.embedding.clap.tokens import Tokens
from tests.embedding.clap.conftest import Folder

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


def test_a_full_disk_under_the_tokenizer_is_an_error_of_the_disk(
    clap_folder: Folder, tmp_path: Path
) -> None:
    tokens = Tokens(clap_folder("nano"), 77, 1)
    tokens.save(tmp_path / "tokenizer.json")
    assert ExportedTokens(tmp_path / "tokenizer.json", 77, 1)(["rain"])[0].shape[0] == 1
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a disk that is always full")

    def full(_: Path) -> None:
        tokens.save(Path("/dev/full"))

    with pytest.raises(ConversionError, match=r"No space.*FOUNDSOUND_CACHE_DIR"):
        Export(tmp_path, "m1", full).file("audio.onnx")


@pytest.mark.parametrize("in_the_way", ["clap", f"clap/m1-{FORMAT}.lock/held"])
def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path, in_the_way: str) -> None:
    (tmp_path / in_the_way).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / in_the_way).touch()
    with pytest.raises(ConversionError, match=r"cannot be written.*FOUNDSOUND_CACHE_DIR"):
        Export(tmp_path, "m1", Builds()).file("audio.onnx")


CONVERTS = """
import sys
from pathlib import Path
from foundsound.embedding.clap.runtimes.export_cache import Export
def build(folder):
    (folder / "audio.onnx").write_bytes(b"half")
    print("under way", flush=True)
    sys.stdin.readline()
    (folder / "audio.onnx").write_bytes(b"whole")
Export(Path(sys.argv[1]), sys.argv[2], build).file("audio.onnx")
"""


def _converting(cache: Path, version: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", CONVERTS, str(cache), version],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "under way\n"
    return process


def test_what_a_killed_conversion_left_goes_and_nothing_of_another_one(tmp_path: Path) -> None:
    killed, other = (_converting(tmp_path, version) for version in ("m1", "m1-large"))
    killed.kill()
    killed.communicate()
    assert len(_temporary(tmp_path)) == 2
    Export(tmp_path, "m1", Builds()).file("audio.onnx")
    (left,) = _temporary(tmp_path)
    assert (left / "audio.onnx").read_bytes() == b"half"
    other.communicate("\n", timeout=60)
    assert other.returncode == 0
    assert Export(tmp_path, "m1-large", Builds()).file("audio.onnx").read_bytes() == b"whole"
    assert _temporary(tmp_path) == []


def test_nameless_leftovers_go_once_they_are_old(tmp_path: Path) -> None:
    old, young = ([tmp_path / "clap" / f"{kind}{age}" for kind in (NEW, OLD)] for age in "ab")
    for folder in (*old, *young):
        (folder / "export").mkdir(parents=True)
    for folder in old:
        os.utime(folder, (time.time() - LONGEST_S - 60,) * 2)
    Export(tmp_path, "m1", Builds()).file("audio.onnx")
    assert _temporary(tmp_path) == sorted(young)


def _temporary(cache: Path) -> list[Path]:
    return sorted(path for path in (cache / "clap").iterdir() if path.name.startswith((NEW, OLD)))


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
