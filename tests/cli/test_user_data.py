"""``foundsound tag``, ``favourite``, ``note`` and ``collection``, alone and beside a server."""

import json
from pathlib import Path

from tests.process import Cli


def stems(cli: Cli, query: str) -> list[str]:
    return sorted(Path(hit["path"]).stem for hit in cli.json("search", query)["hits"])


def say(cli: Cli, *words: str | Path) -> str:
    done = cli.run(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_library_that_nobody_serves(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    noise, tone = sounds / "noise.wav", sounds / "tone.flac"
    say(cli, "tag", noise, tone, "+Wet", "+door slam", "+favourite")
    say(cli, "tag", noise, "-WET", "-never")
    assert say(cli, "tag", noise, tone).splitlines() == [
        f"{noise}: door slam, favourite",
        f"{tone}: door slam, Wet, favourite",
    ]
    assert stems(cli, "tag:wet") == ["tone"]
    say(cli, "collection", "create", "Trailer hits", noise, tone)
    assert stems(cli, 'collection:"trailer hits"') == ["noise", "tone"]


def test_everything_through_a_server(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    noise, tone = sounds / "noise.wav", sounds / "tone.flac"
    with cli.serving():
        say(cli, "tag", noise, tone, "+Wet", "+door slam")
        say(cli, "tag", noise, "-WET")
        (sounds / "found.json").write_text(say(cli, "search", "tag:wet", "--json"))
        say(cli, "tag", "--found", sounds / "found.json", "+more")
        assert cli.json("tag") == [
            {"name": "door slam", "sounds": 2},
            {"name": "more", "sounds": 1},
            {"name": "Wet", "sounds": 1},
        ]
        say(cli, "favourite", noise, tone)
        say(cli, "favourite", tone, "--remove")
        assert stems(cli, "tag:favourite") == ["noise"]
        say(cli, "note", noise, "cut the click")
        assert say(cli, "note", noise) == "cut the click\n"
        assert "your note   cut the click" in say(cli, "show", noise)

        say(cli, "collection", "create", "Trailer hits", noise)
        say(cli, "collection", "add", "trailer HITS", tone, "--at", "1")
        listed = say(cli, "collection", "show", "trailer hits").splitlines()
        assert [line.split()[-1] for line in listed] == [str(tone), str(noise)]
        say(cli, "collection", "remove", "trailer hits", tone)
        say(cli, "collection", "rename", "trailer hits", "Used")
        (collection,) = cli.json("collection", "list")
        assert (collection["name"], collection["sounds"]) == ("Used", 1)
        (report,) = cli.json("tag", noise)
        assert (report["tags"], report["collections"][0]["name"]) == (["door slam"], "Used")
        say(cli, "collection", "delete", "used")
        assert cli.json("collection", "list") == []


BAD = [
    (["tag", "+wet"], "Name a file"),
    (["tag", "{sounds}/CREDITS", "+wet"], "CREDITS is not in the library; index its folder"),
    (["tag", "{sounds}/none.wav", "+wet"], "none.wav: The file cannot be read"),
    (["tag", "{sounds}/noise.wav", "+a,b"], "must not begin with + or -, nor hold"),
    (["tag", "{sounds}/noise.wav", "--jsn"], "There is no option --jsn"),
    (["favourite"], "Name a file"),
    (["collection", "show", "none"], "There is no collection 'none'"),
    (["collection", "create", " "], "at least one character"),
]


def test_what_cannot_be_ends_with_a_sentence(cli: Cli, sounds: Path) -> None:
    assert "index a folder with" in cli.run("tag").stderr
    (sounds / "CREDITS").write_text("no audio")
    assert cli.run("index", sounds).returncode == 0
    with cli.serving():  # a second process starts faster than a library opens
        for words, sentence in BAD:
            done = cli.run(*[word.format(sounds=sounds) for word in words])
            assert (done.returncode, done.stdout) == (2, "")
            assert sentence in done.stderr
        assert json.loads(cli.run("tag", "--json").stdout) == []
