"""``foundsound show``: everything about one sound."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.catalog.identity import content_id
from tests.metadata.riff import bext, wav
from tests.metadata.test_wav import LIBRARIAN
from tests.process import Cli
from tests.signals import noise


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound with metadata, and a file that is none."""
    made = tmp_path / "in"
    made.mkdir()
    samples = (3000 * noise(0.5, 48_000)).astype(np.int16).tobytes()
    content = wav(bext(b"Gate\nrusty [red]"), LIBRARIAN, samples=samples)
    (made / "DOORWood_Slam_FSND.wav").write_bytes(content)
    (made / "bad.wav").write_bytes(b"no audio at all")
    return made


def lines(shown: str) -> dict[str, str]:
    return {line[:12].strip(): line[12:].strip() for line in shown.splitlines()}


def test_a_file_or_an_id_is_shown(cli: Cli, folder: Path) -> None:
    cli.run("index", folder)
    path = folder / "DOORWood_Slam_FSND.wav"
    done = cli.run("show", path)
    assert done.returncode == 0, done.stderr
    shown = lines(done.stdout)
    assert shown["file"] == str(path)
    assert shown["state"] == "indexed"
    assert shown["format"] == "WAV PCM_16, 48000 Hz, 16 bit, 1 ch, 0:00"
    assert shown["windows"] == "1 (starter-bridge)"
    assert shown["by its name"] == shown["category"] == "DOORS / WOOD (DOORWood)"
    assert shown["title"] == "Heavy Oak Slam"
    assert shown["keywords"] == "door, slam, Oak"
    assert "bext.description Gate rusty [red]" in done.stdout
    assert shown["bit rate"] == "768 kbit/s"
    assert shown["loudness"].endswith(" LUFS")
    assert shown["true peak"].endswith(" dBTP")
    assert shown["onsets"] == "1"
    sound_id = content_id(bytes(path), 2**30)
    assert shown["sound"] == sound_id
    assert cli.run("show", sound_id).stdout == done.stdout
    assert cli.json("show", sound_id)["metadata"]["cat_id"] == "DOORWood"


def test_a_file_in_quarantine_says_why(cli: Cli, folder: Path) -> None:
    cli.run("index", folder)
    shown = lines(cli.run("show", folder / "bad.wav").stdout)
    assert shown["state"].startswith("in quarantine: The content is not audio")
    assert "metadata" not in shown


def test_a_copy_elsewhere_is_known_by_its_content(cli: Cli, folder: Path, tmp_path: Path) -> None:
    cli.run("index", folder)
    copy = tmp_path / "copy  two\tof it.wav"
    copy.write_bytes((folder / "DOORWood_Slam_FSND.wav").read_bytes())
    shown = lines(cli.run("show", copy).stdout)
    assert shown["file"] == str(folder / "DOORWood_Slam_FSND.wav")
    cli.run("index", copy)
    assert (
        f"file        {str(copy).replace(chr(9), chr(92) + 't')}\n" in cli.run("show", copy).stdout
    )


def test_it_works_through_a_running_server(cli: Cli, folder: Path) -> None:
    cli.run("index", folder)
    path = folder / "DOORWood_Slam_FSND.wav"
    alone = cli.run("show", path).stdout
    with cli.serving():
        assert cli.run("show", path).stdout == alone
        unknown = cli.run("show", "0" * 32)
        assert unknown.returncode == 2
        assert "There is no sound" in unknown.stderr


def test_what_is_not_there_is_one_sentence(cli: Cli, folder: Path, tmp_path: Path) -> None:
    assert "library is empty" in cli.run("show", folder / "bad.wav").stderr
    cli.run("index", folder)
    stranger = tmp_path / "stranger.wav"
    stranger.write_bytes(b"never indexed")
    for target, words in (
        (str(stranger), "There is no sound"),
        (str(tmp_path / "gone.wav"), "No such file"),
        (str(folder), "cannot be"),
        ("0" * 32, "There is no sound"),
    ):
        done = cli.run("show", target)
        assert done.returncode == 2, target
        assert words in " ".join(done.stderr.split()), target
        assert (done.stdout, "Traceback" in done.stderr) == ("", False)
