"""The sounds every runtime is checked on: those of the self-check, and 28 more of mixed kinds."""

import numpy as np

from foundsound.embedding.clap.padding import SAMPLE_RATE
from foundsound.embedding.embedder import Floats
from foundsound.embedding.self_check import check_signals

COUNT = 32
SEED = 20_261_123
LONGEST_S = 4  # longer ones would cost seconds to make; all are repeated to fill a window


def fixed_sounds() -> list[Floats]:
    """The same 32 windows at any time, each float32 ``[samples]``, 1 to 4 s at 48 kHz."""
    random = np.random.default_rng(SEED)
    checked = check_signals(SAMPLE_RATE)
    return checked + [_sound(random, number) for number in range(COUNT - len(checked))]


def _sound(random: np.random.Generator, number: int) -> Floats:
    samples = int(random.integers(SAMPLE_RATE, LONGEST_S * SAMPLE_RATE))
    t = np.arange(samples) / SAMPLE_RATE
    kind = number % 4
    if kind == 0:  # noise of a colour between white and brown, swelling
        spectrum = np.fft.rfft(random.standard_normal(samples))
        spectrum /= np.arange(1, len(spectrum) + 1) ** random.uniform(0.0, 1.0)
        swell = 1 + 0.9 * np.sin(2 * np.pi * random.uniform(0.1, 8.0) * t)
        sound = np.fft.irfft(spectrum, samples) * swell
    elif kind == 1:  # a gliding tone with overtones
        low, high = random.uniform(60, 3000, 2)
        phase = 2 * np.pi * (low * t + (high - low) * t**2 / (2 * t[-1]))
        sound = np.sum([np.sin(k * phase) / k for k in range(1, random.integers(2, 7))], axis=0)
    elif kind == 2:  # knocks
        since = t % random.uniform(0.05, 1.5)
        ring = np.sin(2 * np.pi * random.uniform(80, 6000) * since)
        sound = np.exp(-since * random.uniform(5, 60)) * ring
    else:  # an event in the middle of a murmur
        near = np.exp(-(((t - t[-1] / 2) / random.uniform(0.02, 0.5)) ** 2))
        sound = (0.02 + near) * random.standard_normal(samples)
    loudest = float(np.abs(sound).max())
    return np.asarray(sound * random.uniform(0.05, 0.9) / loudest, dtype=np.float32)
