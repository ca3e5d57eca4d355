"""``foundsound search --play``: a player of this machine hears the stretch that fits."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tests.process import Cli
from tests.signals import noise, tone, write

# Writes down what it was given; a file is gone when the search ends, so it is kept too.
PLAYER = """#!{python}
import json, pathlib, shutil, sys
folder = pathlib.Path({folder!r})
(folder / "arguments.json").write_text(json.dumps(sys.argv[1:]))
if pathlib.Path(sys.argv[-1]).suffix == ".wav":
    shutil.copy(sys.argv[-1], folder / "played.wav")
print("no such device", file=sys.stderr)
sys.exit({code})
"""
HIGH = 3000.0
Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Makes a player; returns a PATH with nothing else on it."""

    def made(name: str, code: int = 0) -> str:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        text = PLAYER.format(python=sys.executable, folder=str(tmp_path), code=code)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
        return str(folder)

    return made


@pytest.fixture
def long_sound(cli: Cli, tmp_path: Path) -> Path:
    """20 s of hiss, then 10 s of a high tone; its name is awkward for a command line."""
    samples = np.concatenate([noise(20.0), tone(10.0, hz=HIGH)])
    path = write(tmp_path / "sounds" / "-a long; sound.wav", samples)
    assert cli.run("index", path.parent).returncode == 0
    return path


def like_the_tone(tmp_path: Path, *more: str) -> list[str]:
    """The arguments of a search that fits late in the long sound."""
    example = write(tmp_path / "example.wav", tone(10.0, hz=HIGH))
    return ["search", "--like", str(example), *more]


@pytest.mark.parametrize(
    ("player", "start", "length", "last"),
    [
        ("ffplay", "-ss {start:.3f}", "-t {length:.3f}", "-i {path}"),
        ("mpv", "--start={start:.3f}", "--length={length:.3f}", "-- {path}"),
    ],
)
def test_a_player_that_seeks_is_told_the_stretch(
    cli: Cli,
    long_sound: Path,
    tmp_path: Path,
    install: Install,
    player: str,
    start: str,
    length: str,
    last: str,
) -> None:
    asked = like_the_tone(tmp_path, "--play", "1", "--json")
    done = cli.run(*asked, PATH=install(player))
    assert done.returncode == 0, done.stderr
    (hit,) = json.loads(done.stdout)["hits"]
    assert hit["start_s"] >= 15  # where the tone is
    said = " ".join(json.loads((tmp_path / "arguments.json").read_text()))
    fields = {"start": hit["start_s"], "length": hit["end_s"] - hit["start_s"], "path": long_sound}
    for part in (start, length):
        assert part.format(**fields) in said
    assert said.endswith(last.format(**fields))


def test_another_player_is_given_the_stretch_alone(
    cli: Cli, long_sound: Path, tmp_path: Path, install: Install
) -> None:
    done = cli.run(*like_the_tone(tmp_path, "--play", "1"), PATH=install("aplay"))
    assert done.returncode == 0, done.stderr
    quiet, file = json.loads((tmp_path / "arguments.json").read_text())
    assert quiet == "-q"
    assert not Path(file).exists()  # nothing is left behind
    played, rate = sf.read(tmp_path / "played.wav")
    assert len(played) / rate <= 15
    spectrum = np.abs(np.fft.rfft(played[-5 * rate :]))
    assert abs(np.argmax(spectrum) / 5 - HIGH) < 1


def test_what_cannot_be_played_is_said(
    cli: Cli, long_sound: Path, tmp_path: Path, install: Install
) -> None:
    def refused(number: str, path: str) -> str:
        done = cli.run(*like_the_tone(tmp_path, "--play", number), PATH=path)
        assert done.returncode == 2
        assert str(long_sound) in done.stdout  # the search itself is answered
        return done.stderr

    player = install("mpv", code=1)
    assert "no hit 2 to play; the search found 1" in refused("2", player)
    assert "mpv failed: no such device" in refused("1", player)
    assert "--play needs a player; install one of ffplay, mpv" in refused("1", f"{tmp_path}/none")
