"""``foundsound roots``: what a person types and sees."""

import json
from pathlib import Path
from typing import Any

from tests.process import Cli
from tests.signals import noise, write


def listed(cli: Cli) -> list[dict[str, Any]]:
    return list(json.loads(cli.run("roots", "list", "--json").stdout))


def test_a_root_from_its_beginning_to_its_end(cli: Cli, sounds: Path) -> None:
    assert "foundsound roots add" in cli.run("roots", "list").stdout
    added = cli.run("roots", "add", sounds, "--name", "mine", "--ignore", "*.bak.wav")
    assert added.returncode == 0, added.stderr
    assert "mine" in added.stdout
    assert "foundsound serve" in added.stderr  # nobody watches yet
    cli.run("index", sounds)
    (root,) = listed(cli)
    assert (root["state"], root["files"], root["ignore"]) == ("online", 3, ["*.bak.wav"])

    assert cli.run("roots", "pause", "mine").returncode == 0
    assert listed(cli)[0]["state"] == "paused"
    assert "paused" in cli.run("status").stdout
    assert "roots resume" in cli.run("index", sounds).stderr
    assert cli.run("roots", "resume", str(root["id"])).returncode == 0

    done = cli.run("roots", "change", sounds, "--mode", "polling", "--interval", "5",
                   "--ignore", "Renders/")  # fmt: skip
    assert done.returncode == 0, done.stderr
    (root,) = listed(cli)
    assert (root["mode"], root["interval_s"]) == ("polling", 5)
    assert root["ignore"] == ["*.bak.wav", "Renders/"]
    cli.run("roots", "change", "mine", "--no-ignore", "--interval", "0")
    assert (listed(cli)[0]["ignore"], listed(cli)[0]["interval_s"]) == ([], None)

    refused = cli.run("roots", "remove", "mine")  # no answer to its question
    assert (refused.returncode, len(listed(cli))) == (1, 1)
    assert "with 3 files?" in refused.stderr
    removed = cli.run("roots", "remove", "mine", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert listed(cli) == []
    assert cli.json("search", "noise")["hits"] == []
    assert "sounds    0 " in cli.run("status").stdout
    assert (sounds / "noise.wav").exists()


def test_bad_input_is_one_sentence_and_exit_code_2(cli: Cli, sounds: Path) -> None:
    cli.run("roots", "add", sounds)
    for arguments, words in [
        (["add", "/no/such/folder"], "There is no folder"),
        (["add", f"{sounds}/sub"], "lies in the root"),
        (["add", f"{sounds}", "--mode", "magic"], "--mode is wrong"),
        (["add", f"{sounds}", "--interval", "-1"], "--interval is wrong"),
        (["change", f"{sounds}", "--ignore", "!"], "no ignore pattern"),
        (["pause", "nonsense"], "There is no root 'nonsense'"),
        (["remove", "nonsense", "--yes"], "There is no root 'nonsense'"),
    ]:
        done = cli.run("roots", *arguments)
        assert done.returncode == 2, arguments
        assert words in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr


def test_a_pattern_hides_files_and_gives_them_back_unembedded(cli: Cli, sounds: Path) -> None:
    cli.run("roots", "add", sounds)
    cli.run("index", sounds)
    cli.run("roots", "change", sounds, "--ignore", "sub/")
    assert "1 file gone" in cli.run("index", sounds).stderr
    assert len(cli.json("search", "noise")["hits"]) == 2
    cli.run("roots", "change", sounds, "--no-ignore")
    assert "0 sounds indexed" in cli.run("index", sounds).stderr
    assert len(cli.json("search", "noise")["hits"]) == 3


def test_an_offline_root_is_told_and_searched(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    cli.run("index", sounds)
    for number in range(2):
        write(tmp_path / "other" / f"{number}.wav", noise(0.5, seed=number))
    cli.run("index", tmp_path / "other")
    sounds.rename(tmp_path / "unplugged")
    sounds.mkdir()  # a mount point without its drive
    assert "offline" in cli.run("index", sounds).stderr
    assert "offline" in cli.run("status").stdout
    assert "vanished" in cli.run("roots", "list").stdout
    hits = cli.json("search", "noise")["hits"]
    assert sorted(hit["offline"] for hit in hits) == [False, False, True, True, True]
    shown = cli.json("show", next(hit["sound_id"] for hit in hits if hit["offline"]))
    assert shown["offline"] is True

    cli.run("roots", "accept", sounds)
    assert "3 files gone" in cli.run("index", sounds).stderr
    assert len(cli.json("search", "noise")["hits"]) == 2
    assert listed(cli)[0]["state"] == "online"
