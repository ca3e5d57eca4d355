"""Whole evaluations: figures known by hand from a toy model, and a real model on real clips."""

import csv
from pathlib import Path

import numpy as np
import pytest

from demo.catalogue import RECIPES, Recipe
from demo.synth.signals import RATE
from foundsound.embedding.registry import create_embedder
from foundsound.errors import InvalidRequest, ModelError
from foundsound.evaluation.dataset import read_dataset
from foundsound.evaluation.evaluate import evaluate
from foundsound.evaluation.report import Evaluation
from foundsound.settings import Settings
from tests.evaluation.toy import PitchEmbedder
from tests.signals import tone, write

PITCHES = {"low": 110, "middle": 440, "bright": 1760}


@pytest.fixture
def pitches(tmp_path: Path) -> Path:
    """A CSV of three octaves with two tones each; the toy model orders them without a fault."""
    lines = []
    for name, hertz in PITCHES.items():
        for take in (0, 1):
            write(tmp_path / f"{name}{take}.wav", tone(0.5 + 0.1 * take, hertz * (1 + take / 50)))
        lines.append(f"{hertz} hertz,{name}0.wav,{name}1.wav\n")
    source = tmp_path / "queries.csv"
    source.write_text("".join(lines))
    return source


def run(source: Path, settings: Settings, *pool: Path, template: str = "{}") -> Evaluation:
    toys = {"toy": PitchEmbedder()}
    return evaluate(read_dataset(source), toys, settings, template=template, pool=pool)


def means(found: Evaluation, model: str) -> dict[str, float]:
    return {figure.name: figure.values[model].mean for figure in found.figures}


def test_a_model_without_fault(pitches: Path, settings: Settings) -> None:
    found = run(pitches, settings)
    best = {figure.name: figure.best for figure in found.figures}
    assert means(found, "toy") == pytest.approx(best)
    assert means(found, "toy") == pytest.approx(
        {"hit@1": 1, "hit@5": 1, "hit@10": 1, "R@1": 0.5, "R@5": 1, "R@10": 1}
        | {"mAP@10": 1, "nDCG@10": 1, "top-1": 1, "top-5": 1, "P@5": 0.2}
    )
    by_name = {figure.name: figure for figure in found.figures}
    chances = {"hit@1": 1 / 3, "R@1": 1 / 6, "R@5": 5 / 6, "top-1": 1 / 3, "P@5": 1 / 5}
    for name, chance in chances.items():
        assert by_name[name].chance == pytest.approx(chance), name
    assert {figure.task: figure.n for figure in found.figures} == {
        "text to sound": 3,
        "zero-shot": 6,
        "sound to sound": 6,
    }
    assert [(query.query, query.sounds, query.models["toy"].rank) for query in found.queries] == [
        (f"{hertz} hertz", 2, 1) for hertz in PITCHES.values()
    ]
    assert (found.sounds, found.distractors, found.copies) == (6, 0, 0)
    assert found.audio_s == pytest.approx(3.3)


def test_a_model_at_fault(pitches: Path, settings: Settings) -> None:
    """The words of low and bright are exchanged: two of three queries find their sounds last."""
    text = pitches.read_text().replace("110 h", "X").replace("1760 h", "110 h")
    pitches.write_text(text.replace("X", "1760 h"))
    found = run(pitches, settings)
    figures = means(found, "toy")
    assert figures["hit@1"] == figures["top-1"] == pytest.approx(1 / 3)
    assert figures["mAP@10"] == pytest.approx((1 + 2 * (1 / 5 + 2 / 6) / 2) / 3)
    assert figures["P@5"] == pytest.approx(0.2)  # sounds find each other without words
    assert [query.models["toy"].rank for query in found.queries] == [5, 1, 5]
    error = found.figures[0].values["toy"].error
    assert error == pytest.approx(np.std([0, 1, 0], ddof=1) / np.sqrt(3))


def test_distractors_and_copies(pitches: Path, settings: Settings) -> None:
    folder = pitches.parent
    copy = folder / "copy.wav"
    copy.write_bytes((folder / "low0.wav").read_bytes())
    nearer = write(folder / "nearer.wav", tone(0.5, 111))
    found = run(pitches, settings, copy, nearer, folder / "low1.wav")
    assert (found.sounds, found.distractors, found.copies) == (7, 1, 1)
    (hit, *_) = found.figures
    assert hit.n == 3
    assert hit.chance == pytest.approx(2 / 7)


def test_what_cannot_be_used_is_left_out_of_n(pitches: Path, settings: Settings) -> None:
    folder = pitches.parent
    (folder / "low0.wav").write_bytes(b"RIFF")
    (folder / "bright0.wav").write_bytes(b"")
    (folder / "bright1.wav").write_bytes(b"")
    found = run(pitches, settings)
    assert {Path(item.path).name for item in found.left_out} == {
        "low0.wav",
        "bright0.wav",
        "bright1.wav",
    }
    assert found.unanswered == ["1760 hertz"]
    assert {figure.task: figure.n for figure in found.figures} == {
        "text to sound": 2,
        "zero-shot": 3,
        "sound to sound": 2,
    }


def test_one_sound_alone(pitches: Path, settings: Settings) -> None:
    pitches.write_text("110 hertz,low0.wav\n")
    found = run(pitches, settings)
    assert {figure.task for figure in found.figures} == {"text to sound", "zero-shot"}
    assert all(figure.values["toy"].mean == figure.chance == 1 for figure in found.figures)
    assert found.figures[0].values["toy"].error is None


def test_the_template_goes_around_the_words(pitches: Path, settings: Settings) -> None:
    misled = run(pitches, settings, template="not 1760 but {}")
    assert means(misled, "toy")["top-1"] == pytest.approx(1 / 3)
    assert misled.template == "not 1760 but {}"
    named = run(pitches, settings, template="{label}, {unknown}")
    assert means(named, "toy")["top-1"] == 1
    with pytest.raises(InvalidRequest, match=r"has no \{\} where the words go"):
        run(pitches, settings, template="a sound")


def test_nothing_usable(pitches: Path, settings: Settings) -> None:
    for path in pitches.parent.glob("*.wav"):
        path.write_bytes(b"")
    with pytest.raises(InvalidRequest, match=r"None of the files can be used.*empty \(0 bytes\)"):
        run(pitches, settings)


def test_a_broken_model_is_refused(pitches: Path, settings: Settings) -> None:
    class Deaf(PitchEmbedder):
        def embed_text(self, texts: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
            return np.ones((5, self.dim), np.float32) / np.float32(np.sqrt(self.dim))

    with pytest.raises(ModelError, match="cannot tell text inputs apart"):
        evaluate(read_dataset(pitches), {"deaf": Deaf()}, settings, template="{}")


def esc50_tree(folder: Path, recipes: dict[str, str], takes: int) -> Path:
    """A folder in ESC-50's layout with ``takes`` clips of each class, from the demo's recipes."""
    makers = {recipe.path: recipe.maker for recipe in RECIPES}
    (folder / "meta").mkdir(parents=True)
    with (folder / "meta" / "esc50.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["filename", "fold", "target", "category"])
        for target, (category, path) in enumerate(recipes.items()):
            for take in range(1, takes + 1):
                name = f"{take}-{target}.wav"
                samples = Recipe(path, makers[path], take).sound()[: 5 * RATE]
                write(folder / "audio" / name, samples.astype(np.float32), RATE)
                rows.writerow([name, take, target, category])
    return folder


def test_the_real_model_on_clips_in_esc50_layout(tmp_path: Path, settings: Settings) -> None:
    recipes = {
        "church_bells": "Bells/BELLChrch_Church bell tolling_FSND_01.wav",
        "helicopter": "Transport/Air/AEROHeli_Helicopter hovering_FSND_01.wav",
        "rain": "Weather/rain_heavy_stereo.flac",
        "crickets": "Animals/Insects/crickets_night_stereo.flac",
    }
    folder = esc50_tree(tmp_path / "clips", recipes, takes=3)
    model = {"starter-bridge": create_embedder("starter-bridge", settings)}
    seen: list[tuple[str, int, int]] = []
    found = evaluate(
        read_dataset(folder),
        model,
        settings,
        template="This is a sound of {}.",
        listener=lambda *step: seen.append(step),
    )
    assert (found.kind, found.sounds) == ("esc50", 12)
    assert [query.query for query in found.queries] == [
        "church bells",
        "helicopter",
        "rain",
        "crickets",
    ]
    figures = {figure.name: figure for figure in found.figures}
    for name in ("hit@1", "mAP@10", "nDCG@10", "top-1", "P@5"):
        figure = figures[name]
        mean = figure.values["starter-bridge"].mean
        assert figure.chance + 0.5 * (figure.best - figure.chance) < mean <= figure.best + 1e-9
    assert figures["top-1"].chance == pytest.approx(1 / 4)
    assert figures["R@1"].best == pytest.approx(1 / 3)
    assert figures["P@5"].chance == pytest.approx(2 / 11)
    assert seen[0] == ("Reading", 0, 12)
    assert seen[-1] == ("starter-bridge", 12, 12)
    assert not settings.data_dir.exists()

    again = evaluate(read_dataset(folder), model, settings, template="This is a sound of {}.")
    assert again.figures == found.figures
    assert again.queries == found.queries
