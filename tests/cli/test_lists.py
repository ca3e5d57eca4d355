"""Found and collected sounds as tables and playlists."""

import csv
import io
import json
import os
from pathlib import Path

from tests.process import Cli
from tests.signals import noise, write


def check_lists(cli: Cli, sounds: Path) -> None:
    table = cli.run("search", "fmt:wav,flac -name:steps*", "--sort", "name", "--as", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert [row["path"] for row in rows] == [
        str(sounds / "noise.wav"),
        str(sounds / "tone.flac"),
    ]
    asked = ("collection", "show", "hits", "--map", f"{sounds}=Z:\\SFX")
    lines = cli.run(*asked, "--as", "m3u").stdout.splitlines()
    assert lines == ["#EXTM3U", "#EXTINF:1,high.ogg", "Z:\\SFX\\sub\\high.ogg"]
    (row,) = map(json.loads, cli.run(*asked, "--as", "jsonl").stdout.splitlines())
    assert (row["path"], row["tags"]) == ("Z:\\SFX\\sub\\high.ogg", [])
    every = cli.run("search", "steps", "--as", "paths").stdout.splitlines()
    assert sorted(every) == [str(sounds / f"steps {take}.wav") for take in (1, 2)]
    wrong = cli.run("search", "noise", "--as", "paths", "--map", "SFX")
    assert (wrong.returncode, "no pair of folders" in wrong.stderr) == (2, True)


def check_odd_names(cli: Cli, sounds: Path) -> None:
    for form, lines in (("paths", 1), ("m3u", 3)):
        done = cli.run("search", "folder:odd", "--as", form)
        shown = os.fsencode(done.stdout).splitlines()
        assert (len(shown), shown[-1]) == (lines, bytes(sounds) + b"/odd/bad\xff rain.wav")
        left_out = "1 file left out, with a line break in the name or a folder's; use --as csv.\n"
        assert done.stderr == left_out
    table = cli.run("search", "folder:odd", "--as", "csv")
    assert table.stdout.count("rain.wav") == 2
    assert table.stderr == ""


def test_odd_names_are_written_as_they_are_or_told(cli: Cli, sounds: Path) -> None:
    for seed, name in enumerate((b"bad\xff rain.wav", b"line\nbreak rain.wav")):
        plain = write(sounds / "odd" / "plain.wav", noise(1.0, seed=seed))
        plain.rename(plain.with_name(os.fsdecode(name)))
    cli.run("index", sounds)
    check_odd_names(cli, sounds)
    with cli.serving():
        check_odd_names(cli, sounds)


def test_lists_from_here_and_from_a_server(cli: Cli, sounds: Path) -> None:
    for take in (1, 2):
        write(sounds / f"steps {take}.wav", noise(1.0, seed=take))
    cli.run("index", sounds)
    made = cli.run("collection", "create", "Hits", sounds / "sub" / "high.ogg")
    assert made.returncode == 0, made.stderr
    check_lists(cli, sounds)
    with cli.serving():
        check_lists(cli, sounds)
