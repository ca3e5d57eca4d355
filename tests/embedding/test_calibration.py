"""The background of a space: the same on every run, and what unlike things really score."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from foundsound.calibrate import kept_calibration
from foundsound.embedding.calibration import BEST, Calibration, measure, reference_texts
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.reference_sounds import SECONDS, reference_sounds
from foundsound.embedding.registry import create_embedder
from foundsound.settings import Settings


@pytest.fixture(scope="module")
def embedder(cache_dir: Path) -> Embedder:
    return create_embedder("starter-bridge", Settings(cache_dir=cache_dir, model="starter-bridge"))


@pytest.fixture(scope="module")
def calibration(embedder: Embedder) -> Calibration:
    return measure(embedder)


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_reference_sounds_are_the_same_again_and_fit_every_rate(rate: int) -> None:
    sounds = reference_sounds(rate)
    again = reference_sounds(rate)
    assert len(sounds) == 32
    for sound, twin in zip(sounds, again, strict=True):
        assert sound.dtype == np.float32
        assert sound.shape == (SECONDS * rate,)
        assert np.array_equal(sound, twin)
        assert np.abs(sound).max() == pytest.approx(0.3, abs=1e-6)


def test_reference_sounds_are_unlike_each_other(calibration: Calibration) -> None:
    between = calibration.references @ calibration.references.T
    alike = between[np.triu_indices(32, 1)]
    assert np.median(alike) < 0.3
    assert (alike > 0.95).mean() < 0.02


def test_reference_texts_are_words_of_many_categories() -> None:
    texts = reference_texts()
    assert len(texts) == len(set(texts)) == 94
    assert {"aircraft door", "weather hail"} & set(texts)
    assert len({text.split()[0] for text in texts}) > 50


@pytest.mark.parametrize("model", ["starter", "starter-bridge"])
def test_what_comes_along_is_what_is_measured(model: str, cache_dir: Path) -> None:
    settings = Settings(cache_dir=cache_dir / "nothing", threads=1)
    made = create_embedder(model, settings)
    # Absent: the model or the calibration has a new version; run python -m training.vocabulary.
    kept = kept_calibration(made, settings)
    assert kept is not None
    found = measure(made)
    for one, other in ((kept.text, found.text), (kept.audio, found.audio)):
        assert one.mean == pytest.approx(other.mean, abs=1e-3)
        assert one.deviation == pytest.approx(other.deviation, rel=0.01)
    assert (kept.references * found.references).sum(axis=1).min() > 0.9995


def test_measuring_twice_gives_the_same(embedder: Embedder, calibration: Calibration) -> None:
    again = measure(embedder)
    assert (again.text, again.audio) == (calibration.text, calibration.audio)
    assert np.array_equal(again.references, calibration.references)


def test_figures_of_the_light_model(calibration: Calibration) -> None:
    # Its vectors have no negative numbers, so unlike things have a cosine above 0.
    assert 0.02 < calibration.text.mean < 0.05
    assert 0.06 < calibration.text.deviation < 0.08  # 0.048 in the bulk
    assert 0.15 < calibration.audio.mean < 0.30
    assert 0.12 < calibration.audio.deviation < 0.22
    assert np.linalg.norm(calibration.references, axis=1) == pytest.approx(1, abs=1e-3)


def test_the_deviation_is_around_each_texts_own_mean() -> None:
    """Texts that suit everything, each by another amount, are no spread of the scores."""

    class Flat:
        name, version, dim, sample_rate, window_s, batch_windows = "f", "f", 2, 8000, 10.0, 5
        logit_scale, batches_at_once = 10.0, 1

        def embed_audio(self, windows: Sequence[Floats]) -> Floats:
            assert len(windows) <= self.batch_windows
            return np.tile(np.array([1, 0], np.float32), (len(windows), 1))

        def embed_text(self, texts: Sequence[str]) -> Floats:
            angles = np.linspace(0, 1, len(texts))
            return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)

    found = measure(Flat())
    assert found.text.mean == pytest.approx(np.sin(1), abs=0.01)
    assert found.text.deviation == pytest.approx(1e-3)
    assert found.audio.mean == pytest.approx(1.0)


def test_the_best_of_unlike_sounds_counts_and_not_the_bulk() -> None:
    """Each text is like one sound of 32 and has nothing in common with the others."""

    class Single:
        name, version, dim, sample_rate, window_s, batch_windows = "s", "s", 32, 8000, 10.0, 32
        logit_scale, batches_at_once = 10.0, 1

        def embed_audio(self, windows: Sequence[Floats]) -> Floats:
            return np.eye(32, dtype=np.float32)[: len(windows)]

        def embed_text(self, texts: Sequence[str]) -> Floats:
            return np.eye(32, dtype=np.float32)[np.arange(len(texts)) % 32]

    found = measure(Single())
    bulk = np.sqrt(31) / 32
    assert found.text.mean == pytest.approx(1 / 32)
    assert found.text.deviation == pytest.approx((1 - 1 / 32) / BEST)
    assert found.text.deviation > bulk
    assert found.audio.deviation == pytest.approx(1e-3)
