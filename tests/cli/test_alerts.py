"""``foundsound alerts``: alone, and beside a server that watches and tells."""

import json
import time
from pathlib import Path

from tests.alerts.receiver import is_signed, receiving
from tests.process import Cli
from tests.signals import tone, write


def test_a_library_that_nobody_serves(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    lines = tmp_path / "found.jsonl"
    assert cli.run("index", sounds / "sub").returncode == 0
    done = cli.run("alerts", "add", "All", "a sound", "--threshold", "-99", "--file", lines)
    assert done.returncode == 0, done.stderr
    (alert,) = cli.json("alerts", "list")
    assert (alert["name"], alert["file"]) == ("All", str(lines))
    assert cli.run("index", sounds).returncode == 0
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert sorted(Path(each["data"]["path"]).name for each in told) == ["noise.wav", "tone.flac"]
    feed = cli.run("alerts", "feed", "all").stdout.splitlines()
    assert sorted(Path(line.split()[-1]).name for line in feed) == ["noise.wav", "tone.flac"]
    assert cli.run("alerts", "remove", "ALL").returncode == 0
    assert cli.json("alerts", "list") == []


def test_everything_through_a_server(cli: Cli, sounds: Path) -> None:
    cli.variables["FOUNDSOUND_WEBHOOK_ALLOW"] = "127.0.0.0/8"
    assert cli.run("index", sounds).returncode == 0
    with receiving() as receiver, cli.serving():
        done = cli.run(
            *("alerts", "add", "Tones", "--like", sounds / "tone.flac"),
            *("--webhook", receiver.url),
        )
        assert done.returncode == 0, done.stderr
        secret = done.stdout.strip()
        done = cli.run("alerts", "test", "tones")
        assert (done.returncode, done.stderr) == (0, "webhook: delivered\n")
        write(sounds / "another.wav", tone(1.6, hz=442.0))
        assert cli.run("index", sounds).returncode == 0
        for _ in range(2400):
            if len(receiver.received) == 2:
                break
            time.sleep(0.05)
        assert [each["type"] for each in receiver.messages()] == ["alert.test", "alert.found"]
        assert all(is_signed(secret, headers, body) for headers, body in receiver.received)
        item = json.loads(cli.run("alerts", "feed", "--json").stdout)
        assert Path(item["path"]).name == "another.wav"
        receiver.answer = 404
        done = cli.run("alerts", "test", "tones")
        assert done.returncode == 2
        assert "The webhook answered 404." in done.stderr
        for words, sentence in (
            (["alerts", "remove", "none"], "There is no alert 'none'"),
            (["alerts", "add", "x"], "The query is empty"),
            (["alerts", "add", "x", "rain", "--webhook", "http://10.0.0.1"], "is private"),
            (["alerts", "add", "x", "--like", "none.wav"], "none.wav: The file cannot be read"),
        ):
            done = cli.run(*words)
            assert (done.returncode, done.stdout) == (2, ""), words
            assert sentence in done.stderr
