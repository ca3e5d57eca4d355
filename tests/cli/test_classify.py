"""``foundsound classify``, ``labels``, ``enrolled`` and ``suggested`` as a person runs them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from demo.catalogue import RECIPES
from demo.synth.signals import RATE
from tests.process import Cli
from tests.signals import write

BELL = "Bells/BELLChrch_Church bell tolling_FSND_01.wav"
HELICOPTER = "Transport/Air/AEROHeli_Helicopter hovering_FSND_01.wav"
CRICKETS = "Animals/Insects/crickets_night_stereo.flac"
LABELS = "church bell, helicopter, crickets|cricket chirping"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    recipes = {recipe.path: recipe for recipe in RECIPES}
    for name, path in (("bell", BELL), ("helicopter", HELICOPTER), ("crickets", CRICKETS)):
        samples = recipes[path].sound()[: 4 * RATE].astype(np.float32)
        write(tmp_path / "in" / f"{name}.wav", samples, RATE)
    (tmp_path / "in" / "broken.wav").write_bytes(b"RIFF")
    return tmp_path / "in"


def test_a_folder_without_a_library(cli: Cli, folder: Path, tmp_path: Path) -> None:
    table, report = tmp_path / "out.csv", tmp_path / "out.html"
    options = ("--labels", LABELS, "--none", "--csv", table, "--report", report, "--json")
    done = cli.run("classify", folder, *options)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    by_name = {Path(each["name"]).stem: each for each in found["results"]}
    assert by_name["bell"]["scores"][0]["label"] == "church bell"
    assert by_name["helicopter"]["scores"][0]["label"] == "helicopter"
    assert by_name["crickets"]["scores"][0]["label"] == "crickets"
    assert by_name["broken"]["scores"] == []
    with table.open(newline="", encoding="utf-8") as file:
        rows = {Path(row["file"]).stem: row for row in csv.DictReader(file)}
    assert {name: row["label"] for name, row in rows.items()} == {
        "bell": "church bell",
        "helicopter": "helicopter",
        "crickets": "crickets",
        "broken": "",
    }
    assert float(rows["bell"]["score: church bell"]) == pytest.approx(float(rows["bell"]["score"]))
    assert rows["broken"]["error"] == by_name["broken"]["error"]
    html = report.read_text(encoding="utf-8")
    assert "<td>church bell<br>" in html
    assert "1 sound could not be heard" in html
    assert "http" not in html  # nothing is fetched
    assert not cli.data_dir.exists()  # no library came of it


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("in", "--labels", "a, A"), "'A' is there twice"),
        (("in",), "Give labels to choose between"),
        (("nosuch.wav", "--labels", "a, b"), "there is no such file"),
        (("in/broken.wav", "--labels", "a, b"), "broken.wav: "),
        (("in", "--labels", "a, b", "--to", "3"), "a stretch of one sound"),
        (("in", "--set", "street"), "no label set 'street'"),
        (("in", "--labels", ", ".join(f"s{n}" for n in range(1000))), "1,000 labels"),
    ],
)
def test_bad_input_is_one_sentence(
    cli: Cli, folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    first, *rest = arguments
    done = cli.run("classify", folder.parent / first, *rest)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_sets_and_enrolled_sounds(cli: Cli, folder: Path) -> None:
    assert cli.run("index", folder).returncode == 0
    assert cli.run("labels", "save", "Field", "crickets, helicopter").returncode == 0
    assert cli.run("labels", "list").stdout == "Field: crickets, helicopter\n"
    added = cli.run("enrolled", "add", "Our bell", folder / "bell.wav")
    assert added.returncode == 0, added.stderr
    assert "unknown" in added.stdout
    chosen = cli.json("classify", folder / "bell.wav", "--set", "field", "--sound", "our bell")
    assert chosen["labels"] == ["crickets", "helicopter", "Our bell"]
    assert chosen["results"][0]["scores"][0]["label"] == "Our bell"
    found = cli.json("search", "--like", "Our bell")
    assert Path(found["hits"][0]["path"]).name == "bell.wav"
    (listed,) = cli.json("enrolled", "list")
    assert [each["name"] for each in listed["examples"]] == [str(folder / "bell.wav")]
    suggested = cli.json("suggested", folder / "bell.wav")
    assert suggested
    value = suggested[0]["value"]
    assert cli.run("suggested", folder / "bell.wav", "--accept", value).returncode == 0
    assert cli.json("show", folder / "bell.wav")["tags"] == [value]
    for command in ("enrolled", "labels"):
        name = {"enrolled": "our bell", "labels": "field"}[command]
        assert cli.run(command, "remove", name).returncode == 0
        assert cli.json(command, "list") == []
        assert cli.run(command, "remove", name).returncode == 2
