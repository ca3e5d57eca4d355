"""Sounds of the demo library, and what the analysis hears in them."""

from functools import lru_cache

import numpy as np

from demo.catalogue import RECIPES
from demo.synth.signals import RATE as DEMO_RATE
from foundsound.analysis.listener import Listener
from foundsound.analysis.sound_analysis import Heard
from foundsound.audio.reader import AudioFacts
from tests.signals import RATE, Floats


@lru_cache(maxsize=16)
def demo_sound(path: str, take: int | None = None) -> Floats:
    """A recipe of the demo library, float32 ``[frames, channels]`` at 44.1 kHz, as any take."""
    assert DEMO_RATE == RATE
    recipe = next(recipe for recipe in RECIPES if recipe.path == path)
    if take is not None:
        recipe = type(recipe)(recipe.path, recipe.maker, take)
    samples = np.asarray(recipe.sound(), np.float32)
    return samples[:, None] if samples.ndim == 1 else samples


def hear(samples: Floats, rate: int = RATE, block: int = 100_003) -> Heard:
    """Analyse samples as a PCM_24 WAV would be, in blocks of any size."""
    facts = AudioFacts("WAV", "PCM_24", rate, samples.shape[1], len(samples) / rate)
    listener = Listener(facts, samples.nbytes)
    for start in range(0, len(samples), block):
        listener.push(samples[start : start + block])
    return listener.finish()
