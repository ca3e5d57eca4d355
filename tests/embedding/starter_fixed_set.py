"""A small fixed set: computed sounds of the demo library and the words that describe them."""

import csv
from functools import cache

import numpy as np
import soxr

from demo.catalogue import RECIPES
from demo.library import CREDITS
from demo.synth.signals import RATE
from foundsound.embedding.embedder import Embedder, Floats

DESCRIPTIONS = CREDITS.with_name("descriptions.csv")
EVERY = 3  # of the described sounds: enough to notice a broken model, and seconds, not minutes


@cache
def described_sounds() -> tuple[list[str], list[Floats]]:
    """Descriptions, and the first 10 s of the one sound that each is about, mono at RATE."""
    recipes = {recipe.path: recipe for recipe in RECIPES}
    with DESCRIPTIONS.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if len(row) == 2 and row[1] in recipes]
    texts = {path: text for text, path in reversed(rows)}  # a sound's first description
    chosen = sorted(texts)[::EVERY]
    sounds = [recipes[path].sound()[: 10 * RATE] for path in chosen]
    mono = [sound if sound.ndim == 1 else sound.mean(axis=1) for sound in sounds]
    return [texts[path] for path in chosen], [np.asarray(s, np.float32) for s in mono]


def similarity(model: Embedder) -> Floats:
    """Cosines of descriptions, in rows, and sounds, in columns; each sound is its row's."""
    texts, sounds = described_sounds()
    windows = [soxr.resample(sound, RATE, model.sample_rate).astype(np.float32) for sound in sounds]
    return model.embed_text(texts) @ model.embed_audio(windows).T
