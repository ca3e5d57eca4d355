"""``foundsound failed`` in its own process, with and without a server."""

import json
from pathlib import Path

import pytest

from tests.process import Cli
from tests.signals import tone, write

NONSENSE = [
    (["--retry"], "or say --all"),
    (["--all"], "--all goes with --retry"),
    (["--retry", "/elsewhere"], "has no files at /elsewhere"),
]


@pytest.fixture
def bad(cli: Cli, tmp_path: Path) -> Path:
    """A file that is no audio and one that was too long, in a library with another sound."""
    write(tmp_path / "in" / "good.wav", tone(1.0))
    write(tmp_path / "in" / "long.wav", tone(3.0))
    (tmp_path / "in" / "bad").mkdir()
    (tmp_path / "in" / "bad" / "notes.wav").write_text("no sound")
    limits = {"FOUNDSOUND_MAX_DURATION_S": "2", "FOUNDSOUND_MAX_ATTEMPTS": "1"}
    assert cli.run("index", tmp_path / "in", **limits).returncode == 0
    return tmp_path / "in" / "bad" / "notes.wav"


def test_files_are_listed_explained_and_retried(cli: Cli, bad: Path) -> None:
    told = cli.run("failed")
    assert str(bad) in told.stdout
    assert "not audio" in told.stdout
    assert "longer than the limit of 2 s" in told.stdout
    assert "tried 1 time, in quarantine" in told.stdout
    (line,) = cli.run("failed", bad.parent, "--json").stdout.splitlines()
    assert json.loads(line)["path"] == str(bad)
    assert json.loads(line)["next_attempt"] is None
    long = bad.parent.parent / "long.wav"
    assert "3 files unchanged" in cli.run("index", bad.parent.parent).stderr  # quarantined
    taken = cli.run("failed", "--retry", long, bad.parent)  # without the limit of two seconds
    assert taken.returncode == 0, taken.stderr
    assert "1 sound indexed" in taken.stderr
    assert "1 file could not be used" in taken.stderr
    left = cli.run("failed", long)
    assert (left.stdout, left.stderr.strip()) == ("", "Every file could be used.")
    for arguments, words in NONSENSE:
        refused = cli.run("failed", *arguments)
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.split())


def test_a_running_server_is_asked(cli: Cli, bad: Path) -> None:
    with cli.serving() as client:
        told = client.get("/failed").json()
        assert {file["path"] for file in told["files"]} >= {str(bad)}
        assert (told["quarantined"], told["waiting"], told["before"]) == (2, 0, None)
        asked = cli.run("failed", "--retry", "--all")
        assert asked.returncode == 0, asked.stderr
        assert "tries 2 files again" in asked.stderr
        assert client.post("/failed/retry", json={"all": True}).status_code == 401
