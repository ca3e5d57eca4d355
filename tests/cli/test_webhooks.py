"""``foundsound webhooks``, beside a process that serves."""

import time
from pathlib import Path

from tests.alerts.receiver import is_signed, receiving
from tests.process import Cli

WAIT_S = 240.0


def test_a_program_is_told_what_happens(cli: Cli, sounds: Path) -> None:
    told = Cli(cli.data_dir, cli.cache_dir, {"FOUNDSOUND_WEBHOOK_ALLOW": "127.0.0.0/8"})
    assert "no webhooks yet" in told.run("webhooks", "list").stdout
    with receiving() as receiver:
        added = told.run("webhooks", "add", receiver.url)
        assert added.returncode == 0, added.stderr
        tried = told.run("webhooks", "test", "1")
        assert (tried.returncode, "arrived" in tried.stderr) == (0, True)
        with told.serving():
            assert told.run("index", sounds).returncode == 0
            paths: list[str] = []
            ends = time.monotonic() + WAIT_S
            while len(paths) < 3 and time.monotonic() < ends:
                paths = [
                    path
                    for message in receiver.messages()[1:]
                    for change in message["data"]["changes"]
                    for path in change["paths"]
                    if change["kind"] == "created"
                ]
                time.sleep(0.05)
            assert sorted(paths) == sorted(str(path) for path in sounds.rglob("*.*"))
        assert all(is_signed(added.stdout.strip(), *each) for each in receiver.received)
    assert told.json("webhooks", "list")[0]["url"] == receiver.url
    assert told.run("webhooks", "remove", "1").returncode == 0
    gone = told.run("webhooks", "remove", "1")
    assert (gone.returncode, "There is no webhook 1." in gone.stderr) == (2, True)
