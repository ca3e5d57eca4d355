"""Figures of vectors whose quality is known."""

import numpy as np
import pytest

from foundsound.embedding.embedder import Floats, unit_length
from training.evaluate import TextEncoder, evaluate

CAPTIONS = ["dog barking", "rain", "thunder", "dog barking", "rain", "thunder"] * 2
PACKAGES = ["a"] * 6 + ["b"] * 6
CLASSES = {"dog barking": 0, "rain falling": 1, "rain": 1, "thunder": 2}


def encoder(directions: Floats) -> TextEncoder:
    return lambda texts: directions[[CLASSES[text] for text in texts]]


def test_a_perfect_model_has_perfect_figures() -> None:
    axes = np.eye(3, dtype=np.float32)
    figures = evaluate(axes[[CLASSES[c] for c in CAPTIONS]], CAPTIONS, PACKAGES, encoder(axes))
    assert figures.recall_1 == figures.mean_average_precision == figures.hit_1 == 1
    assert figures.zero_shot_1 == figures.zero_shot_5 == 1
    # Four clips a class: three others are alike, two of them in the other package.
    assert figures.neighbours_5 == pytest.approx(3 / 5)
    assert figures.neighbours_5_across == pytest.approx(2 / 5)


def test_a_model_that_mixes_two_classes_up_loses_both() -> None:
    axes = np.eye(3, dtype=np.float32)
    audio = axes[[CLASSES[c] for c in CAPTIONS]]
    figures = evaluate(audio, CAPTIONS, PACKAGES, encoder(axes[[1, 0, 2]]))
    assert figures.recall_1 == figures.hit_1 == figures.zero_shot_1 == pytest.approx(1 / 3)


def test_chance_is_chance() -> None:
    random = np.random.default_rng(0)
    texts = unit_length(random.normal(size=(3, 16)).astype(np.float32))
    draws = [unit_length(random.normal(size=(12, 16)).astype(np.float32)) for _ in range(200)]
    figures = [evaluate(audio, CAPTIONS, PACKAGES, encoder(texts)) for audio in draws]
    assert np.mean([figure.zero_shot_1 for figure in figures]) == pytest.approx(1 / 3, abs=0.05)
    assert np.mean([figure.recall_1 for figure in figures]) == pytest.approx(1 / 3, abs=0.05)
