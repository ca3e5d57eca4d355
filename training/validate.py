"""Figures on packages that were not trained on, next to chance and to the bridge alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import bridge
from foundsound.embedding.starter.minilm import MiniLM
from training.dataset import Clips, thinned
from training.evaluate import Figures, TextEncoder, evaluate, evaluate_captions
from training.folds import folds
from training.joint import TextSide, fit_joint
from training.packages import HELD_OUT

CHANCE_DRAWS = 10
CHANCE_DIM = 64
# Each seed group is one model; their mean is reported, because one model's figures move by chance.
RUNS = ((0, 1), (2, 3), (4, 5))

Models = dict[str, list[tuple[Floats, TextEncoder]]]
"""Vectors of the clips and an encoder of texts, one or more runs a model, by the model's name."""


@dataclass(frozen=True)
class Validation:
    """Figures of the held-out packages together, and by package; keys name the model."""

    clips: int
    captions: int
    together: dict[str, Figures]
    by_package: dict[str, dict[str, tuple[float, float]]]
    """Recall at 5 and mean average precision of captions within one package."""
    sizes: dict[str, int]


def validate(clips: Clips, side: TextSide, cache_dir: Path, seed: int) -> Validation:
    """Train on the other packages, measure on the held-out ones."""
    held_out = clips.of(HELD_OUT)
    training = thinned(clips.without(HELD_OUT), seed)
    models = _models(training, held_out, side, cache_dir, seed, RUNS)

    def within(rows: list[int]) -> dict[str, tuple[float, float]]:
        captions = [held_out.captions[row] for row in rows]
        means = {}
        for name, runs in models.items():
            figures = [evaluate_captions(audio[rows], captions, text) for audio, text in runs]
            recall, precision = np.mean(figures, axis=0)
            means[name] = (float(recall), float(precision))
        return means

    rows_of = {
        name: [row for row, package in enumerate(held_out.packages) if package == name]
        for name in sorted(set(held_out.packages))
    }
    return Validation(
        clips=len(held_out),
        captions=len(set(held_out.captions)),
        together=_figures(models, held_out),
        by_package={name: within(rows) for name, rows in rows_of.items()},
        sizes={name: len(rows) for name, rows in rows_of.items()},
    )


def cross_validate(
    clips: Clips, side: TextSide, cache_dir: Path, seed: int
) -> list[tuple[int, dict[str, Figures]]]:
    """For each fold of packages its number of clips, and the figures of models trained without."""
    results = []
    for group in folds(clips.packages):
        held_out = clips.of(group)
        training = thinned(clips.without(group), seed)
        models = _models(training, held_out, side, cache_dir, seed, RUNS[:1])
        results.append((len(held_out), _figures(models, held_out)))
    return results


def _models(
    training: Clips,
    held_out: Clips,
    side: TextSide,
    cache_dir: Path,
    seed: int,
    runs: Sequence[Sequence[int]],
) -> Models:
    """Chance, both untrained bridges and the heads, one of them a run's seeds."""
    names = bridge.TextBridge(MiniLM(cache_dir, threads=1), cache_dir)
    models: Models = {
        "chance": [_chance(len(held_out), seed + draw) for draw in range(CHANCE_DRAWS)],
        "bridge": [_bridge(held_out, training, names.text_evidence)],
        "phrases": [_bridge(held_out, training, side.evidence)],
        "head": [],
    }
    for seeds in runs:
        model = fit_joint(training, side, seeds)
        models["head"].append((model.audio(held_out), partial(model.text, side=side)))
    return models


def _figures(models: Models, clips: Clips) -> dict[str, Figures]:
    """Each model's figures on the clips, the mean of its runs."""
    return {
        name: Figures.mean(
            [evaluate(audio, clips.captions, clips.packages, text) for audio, text in runs]
        )
        for name, runs in models.items()
    }


def _chance(count: int, seed: int) -> tuple[Floats, TextEncoder]:
    random = np.random.default_rng(seed)

    def draw(count: int) -> Floats:
        return unit_length(random.normal(size=(count, CHANCE_DIM)).astype(np.float32))

    return draw(count), lambda texts: draw(len(texts))


def _bridge(held_out: Clips, training: Clips, evidence: TextEncoder) -> tuple[Floats, TextEncoder]:
    """The bridge, with each modality's mean subtracted as the head's vectors have it."""
    audio_mean = bridge.audio_evidence(training.probabilities).mean(axis=0)
    text_mean = evidence(sorted(set(training.captions))).mean(axis=0)
    audio = unit_length(bridge.audio_evidence(held_out.probabilities) - audio_mean)
    return audio, lambda texts: unit_length(evidence(texts) - text_mean)
