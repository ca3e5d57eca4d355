"""``foundsound eval`` as a person runs it."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from demo.catalogue import RECIPES
from demo.synth.signals import RATE
from tests.process import Cli
from tests.signals import noise, write

SOUNDS = {
    "a church bell": "Bells/BELLChrch_Church bell tolling_FSND_01.wav",
    "helicopter in the sky": "Transport/Air/AEROHeli_Helicopter hovering_FSND_01.wav",
    "crickets at night": "Animals/Insects/crickets_night_stereo.flac",
}


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """A CSV of three sounds; the bell is also in a file that is broken."""
    recipes = {recipe.path: recipe for recipe in RECIPES}
    folder = tmp_path / "sounds"
    lines = ["query,path"]
    for number, (query, path) in enumerate(SOUNDS.items()):
        samples = recipes[path].sound()[: 4 * RATE].astype(np.float32)
        write(folder / f"{number}.wav", samples, RATE)
        lines.append(f"{query},{number}.wav")
    (folder / "broken.wav").write_bytes(b"RIFF")
    lines.append("a church bell,broken.wav")
    source = folder / "queries.csv"
    source.write_text("\n".join(lines), encoding="utf-8-sig")
    return source


def test_models_side_by_side(cli: Cli, queries: Path, tmp_path: Path) -> None:
    saved, by_query = tmp_path / "results.json", tmp_path / "queries.csv"
    models = ("starter", "starter-bridge")
    options = [part for model in models for part in ("--model", model)]
    done = cli.run("eval", queries, *options, "--output", saved, "--queries", by_query)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["n", "chance", "best", *models] in lines
    shown = {" ".join(line[:-9]): line[-9:] for line in lines if "±" in line}

    found = json.loads(saved.read_text(encoding="utf-8"))
    figures = {figure["name"]: figure for figure in found["figures"]}
    names = ["hit@1", "hit@5", "hit@10", "R@1", "R@5", "R@10", "mAP@10", "nDCG@10"]
    assert list(figures) == list(shown) == [*names, "top-1", "top-5"]
    for name, (n, chance, best, *values) in shown.items():
        figure = figures[name]
        assert int(n) == figure["n"] == 3
        assert float(chance) == pytest.approx(figure["chance"], abs=0.0006)
        assert float(best) == pytest.approx(figure["best"], abs=0.0006)
        means = [figure["values"][model]["mean"] for model in models]
        assert [float(values[0]), float(values[3])] == pytest.approx(means, abs=0.0006)
    assert figures["hit@1"]["values"]["starter-bridge"]["mean"] == 1
    assert figures["hit@1"]["chance"] == pytest.approx(1 / 3)
    assert [model["name"] for model in found["models"]] == list(models)
    for model in found["models"]:
        assert model["version"].startswith(model["name"])
        assert model["embed_s"] > 0
    assert (found["kind"], found["template"], found["sounds"]) == ("csv", "{}", 3)
    assert found["date"].endswith("+00:00")

    with by_query.open(newline="", encoding="utf-8") as file:
        rows = {row["query"]: row for row in csv.DictReader(file)}
    assert list(rows) == list(SOUNDS)
    assert rows["a church bell"]["place, starter-bridge"] == "1"
    assert rows["a church bell"]["first, starter-bridge"] == str(queries.parent / "0.wav")

    assert "1 file could not be used:" in done.stderr
    assert "broken.wav" in done.stderr
    assert "a random order" in done.stderr
    assert not cli.data_dir.exists()  # no library was made


def test_json_pool_and_template(cli: Cli, queries: Path, tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / "pool" / f"noise{number}.wav", noise(1.0, seed=number))
    (tmp_path / "pool" / "notes.txt").touch()
    found = cli.json(
        *("eval", queries, "--model", "starter-bridge", "--pool", tmp_path / "pool"),
        *("--template", "the sound of {label}"),
    )
    assert (found["sounds"], found["distractors"]) == (6, 3)
    assert found["template"] == "the sound of {label}"
    figures = {figure["name"]: figure for figure in found["figures"]}
    assert figures["hit@1"]["chance"] == pytest.approx(1 / 6)
    assert figures["top-1"]["chance"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.csv"], "There is no file or folder"),
        (["."], "not laid out like ESC-50"),
        (["gone.csv"], "2 files do not exist"),
        (["queries.csv", "--model", "nonesuch"], "There is no model 'nonesuch'"),
        (["queries.csv", "--template", "a sound"], "has no {} where the words go"),
        (["queries.csv", "--output", "x.txt"], "must end in .json"),
        (["queries.csv", "--queries", "queries.csv"], "save the results elsewhere"),
        (["queries.csv", "--output", "none/x.json"], "There is no folder"),
        (["queries.csv", "--pool", "none"], "There is no folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals_are_one_sentence(
    arguments: list[str], sentence: str, cli: Cli, queries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(queries.parent)
    Path("gone.csv").write_text("rain,rain.wav\nwind,wind.wav\n")
    before = queries.read_bytes()
    done = cli.run("eval", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())
    assert len(done.stderr.strip().splitlines()) == 1
    assert queries.read_bytes() == before


def test_without_ranx_it_says_how_to_get_it(cli: Cli, queries: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ranx.py").write_text("raise ImportError(\"No module named 'ranx'\")")
    done = cli.run("eval", queries, "--model", "starter-bridge", PYTHONPATH=str(hidden))
    assert done.returncode == 2
    assert "pip install 'foundsound[eval]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_zero_shot_class_by_class(cli: Cli, queries: Path, tmp_path: Path) -> None:
    esc = tmp_path / "esc"
    (esc / "meta").mkdir(parents=True)
    (queries.parent).rename(esc / "audio")
    names = ["church bell", "helicopter", "crickets"]
    lines = [f"{number}.wav,{name}" for number, name in enumerate(names)]
    # A second helicopter that is none.
    lines.append("3.wav,helicopter")
    write(esc / "audio" / "3.wav", noise(1.0))
    meta = "\n".join(["filename,category", *lines])
    (esc / "meta" / "esc50.csv").write_text(meta, encoding="utf-8")
    picture, saved = tmp_path / "confusion.png", tmp_path / "results.json"
    options = ("--zero-shot", "--confusion", picture, "--output", saved)
    done = cli.run("eval", esc, "--model", "starter-bridge", *options)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(saved.read_text(encoding="utf-8"))["zero_shot"]["starter-bridge"]
    by_name = {each["label"]: each for each in outcome["classes"]}
    assert {name: each["sounds"] for name, each in by_name.items()} == {
        "church bell": 1,
        "helicopter": 2,
        "crickets": 1,
    }
    assert by_name["church bell"]["right"] == by_name["crickets"]["right"] == 1
    confusion = np.array(outcome["confusion"])
    assert confusion.sum() == 4
    assert confusion.trace() == sum(each["right"] for each in outcome["classes"])
    assert f"accuracy {confusion.trace() / 4:.3f}" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
