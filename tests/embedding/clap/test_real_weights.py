"""With real weights: set FOUNDSOUND_TEST_CLAP to a directory that holds a trained CLAP."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import ClapModel, ClapProcessor

from demo.library import build
from foundsound.audio.bounds import file_bounds
from foundsound.audio.decode import MonoStream
from foundsound.embedding.clap.load import create_clap
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.self_check import self_check
from foundsound.settings import Settings
from tests.embedding.clap.clips import RATE, WINDOW, Floats, clips

FOLDER = os.environ.get("FOUNDSOUND_TEST_CLAP", "")
REPOSITORY = Path(__file__).parents[3]
# What one would ask for, and the sound of the demo library that it should find among the others.
ASKED = {
    "dog barking": "dogs_barking_two.mp3",
    "a cow mooing": "cow_moos.mp3",
    "a rooster crowing": "rooster_morning.mp3",
    "quacking ducks": "ducks_pond.mp3",
    "a police siren": "siren_yelp_fast.wav",
    "an audience applauding": "applause_hall_stereo.flac",
    "white noise": "white_noise_5s.wav",
}

pytestmark = [
    pytest.mark.clap_weights,
    pytest.mark.skipif(
        not FOLDER, reason="needs real weights: FOUNDSOUND_TEST_CLAP names no directory"
    ),
]


@pytest.fixture(scope="module")
def settings_of_weights() -> Settings:
    return Settings(device="cpu")


@pytest.fixture(scope="module")
def clap(settings_of_weights: Settings) -> Embedder:
    return create_clap(FOLDER, settings_of_weights)


def test_real_weights_spread(clap: Embedder) -> None:
    found = self_check(clap)
    assert found.text_cosine < 0.9
    assert found.audio_cosine < 0.9


def test_each_sound_is_found_by_its_description(
    clap: Embedder, settings_of_weights: Settings
) -> None:
    library = REPOSITORY / "demo-library"
    report = build(library, REPOSITORY / ".demo" / "wheels", lambda _: None)
    assert report.missing == [], f"recordings are missing: {report.reasons}"
    heard = {path.name: path for path in library.rglob("*") if path.name in ASKED.values()}
    names = sorted(heard)
    assert len(names) == len(ASKED)
    audio = clap.embed_audio([_first_window(heard[name], settings_of_weights) for name in names])
    best = (clap.embed_text(list(ASKED)) @ audio.T).argmax(axis=1)
    found = dict(zip(ASKED, (names[row] for row in best), strict=True))
    assert found["dog barking"] == ASKED["dog barking"]
    assert sum(found[text] == name for text, name in ASKED.items()) >= 5


def test_real_vectors_are_those_of_transformers(clap: Embedder) -> None:
    names = ["sweep", "short noise", "clipped", "silence"]
    windows = [clips()[name] for name in names]
    processor, model = ClapProcessor.from_pretrained(FOLDER), ClapModel.from_pretrained(FOLDER)
    model.eval()
    sound = processor.feature_extractor(windows, sampling_rate=RATE, return_tensors="pt")
    words = processor.tokenizer(["dog barking", "heavy rain"], padding=True, return_tensors="pt")
    with torch.inference_mode():
        audio = model.get_audio_features(
            input_features=sound["input_features"].float(),
            is_longer=torch.zeros(len(windows), 1, dtype=torch.bool),
        ).pooler_output.numpy()
        text = model.get_text_features(**words).pooler_output.numpy()
    assert (clap.embed_audio(windows) * audio).sum(axis=1).min() > 0.99999
    assert (clap.embed_text(["dog barking", "heavy rain"]) * text).sum(axis=1).min() > 0.99999


def _first_window(path: Path, settings: Settings) -> Floats:
    with MonoStream(os.fsencode(path), RATE, file_bounds(settings)) as stream:
        return np.concatenate(list(stream.blocks()))[:WINDOW]
