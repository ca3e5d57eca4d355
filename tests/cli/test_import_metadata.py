"""``foundsound import-metadata``: alone, and through a process that serves."""

import json
from pathlib import Path

import pytest

from tests.process import Cli
from tests.signals import noise, write

TABLE = "Filename\tDescription\tMood\nrain.wav\tA café [in] the rain\tsad\ngone.wav\tx\t\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write(tmp_path / "in" / "rain.wav", noise(0.5))
    made = tmp_path / "soundminer [export].txt"
    made.write_bytes(b"\xff\xfe" + TABLE.encode("utf-16-le"))
    return made


def test_what_is_imported_is_shown(cli: Cli, table: Path) -> None:
    assert "library is empty" in cli.run("import-metadata", table).stderr
    cli.run("index", table.parent / "in")
    dry = cli.run("import-metadata", table, "--dry-run", "--map", "mood=ignore")
    assert dry.returncode == 0, dry.stderr
    assert "passed over  Mood" in dry.stdout
    assert "1 row of 2 matched, 1 not in the library; 1 sound would have" in dry.stderr
    assert "line 3: gone.wav" in dry.stderr
    rain = table.parent / "in" / "rain.wav"
    assert "café" not in cli.run("show", rain).stdout
    done = cli.run("import-metadata", table)
    assert done.returncode == 0, done.stderr
    shown = cli.run("show", rain).stdout
    assert "description A café [in] the rain\n" in shown
    assert "imported    description, extra (from soundminer [export].txt)\n" in shown


def test_a_serving_process_does_the_same(cli: Cli, table: Path) -> None:
    cli.run("index", table.parent / "in")
    with cli.serving() as client:
        dry = cli.json("import-metadata", table, "--dry-run", "--map", "Mood=comment")
        assert (dry["matched"], dry["fields"]["comment"]) == (1, ["Mood"])
        files = {"file": ("a.csv", table.read_bytes())}
        told = client.post("/metadata/import", files=files).json()
        assert (told["rows"], told["matched"], told["extra"]) == (2, 1, ["Mood"])
        shown = cli.json("show", table.parent / "in" / "rain.wav")
        assert shown["metadata"]["description"] == "A café [in] the rain"
        assert shown["imported"]["source"] == "a.csv"
        for options, words in (('{"colums": {}}', "colums"), ("{", "JSON")):
            bad = client.post("/metadata/import", files=files, data={"options": options})
            assert bad.status_code == 422
            assert words in bad.json()["detail"]
        foreign = client.post(
            "/metadata/import", files=files, headers={"origin": "http://evil.example"}
        )
        assert foreign.status_code == 403


def test_mistakes_are_one_sentence(cli: Cli, table: Path) -> None:
    cli.run("index", table.parent / "in")
    for arguments, words in (
        (["--map", "Mood"], "write COLUMN=FIELD"),
        (["--map", "Mood=feeling"], "no field 'feeling'"),
        (["--map", "Nowhere=path"], "no column 'Nowhere'"),
    ):
        done = cli.run("import-metadata", table, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
    other = table.with_name("none.csv")
    other.write_text(json.dumps({"no": "table"}))
    assert "no header line" in " ".join(cli.run("import-metadata", other).stderr.split())
