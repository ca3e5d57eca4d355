"""Sounds that are hard on a front-end, 48 kHz mono."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 48_000
WINDOW = 480_000


def clips() -> dict[str, Floats]:
    """By name: full windows and short ones."""
    t = np.arange(WINDOW) / RATE
    random = np.random.default_rng(7)
    sweep = np.sin(2 * np.pi * np.cumsum(np.geomspace(20, 20_000, WINDOW)) / RATE)
    found = {
        "silence": np.zeros(WINDOW),
        "one sample": np.array([0.7]),
        "two samples": np.array([0.7, -0.2]),
        "short noise": 0.3 * random.standard_normal(12_345),
        "just under 10 s": 0.1 * random.standard_normal(WINDOW - 1),
        "just over half": 0.1 * random.standard_normal(WINDOW // 2 + 1),
        "tone": 0.5 * np.sin(2 * np.pi * 440 * t),
        "high tone": np.sin(2 * np.pi * 12_345.6 * t),
        "16-bit tone": np.round(0.5 * np.sin(2 * np.pi * 440 * t) * 32767) / 32767,
        "sweep": 0.9 * sweep,
        "noise": 0.1 * random.standard_normal(WINDOW),
        "faint noise": 1e-6 * random.standard_normal(WINDOW),
        "clipped": np.clip(5 * np.sin(2 * np.pi * 300 * t), -1, 1),
        "square": np.sign(np.sin(2 * np.pi * 100 * t)),
        "far too loud": 1e4 * random.standard_normal(WINDOW),
        "click": np.eye(1, WINDOW, 1000)[0],
        "DC": np.full(WINDOW, 0.5),
    }
    return {name: np.asarray(samples, dtype=np.float32) for name, samples in found.items()}
