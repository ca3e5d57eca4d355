"""A model whose every answer is known beforehand: it hears pitch, and reads "NUMBER hertz"."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from tests.signals import RATE

OCTAVES = 7  # from 100 Hz: a dimension each


class PitchEmbedder:
    """Puts what it hears and reads on a line of octaves; neighbours on it are alike."""

    name = "pitch"
    version = "pitch-1"
    dim = OCTAVES
    sample_rate = RATE
    window_s = 1.0
    logit_scale = 10.0

    def __init__(self, batch_windows: int = 4) -> None:
        self.batch_windows = batch_windows
        self.batches_at_once = 1
        self.calls: list[int] = []

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        self.calls.append(len(windows))
        return np.concatenate([_place(_pitch(window)) for window in windows])

    def embed_text(self, texts: Sequence[str]) -> Floats:
        return np.concatenate([_place(_hertz(text)) for text in texts])


def _pitch(window: Floats) -> float:
    spectrum = np.abs(np.fft.rfft(window))
    return max(100.0, float(np.argmax(spectrum)) * RATE / len(window))


def _hertz(text: str) -> float:
    found = re.search(r"\d+", text)
    # Other words lie anywhere, so that the model passes its self-check.
    return float(found[0]) if found else 100.0 * 2 ** (crc32(text.encode()) % OCTAVES)


def _place(hertz: float) -> Floats:
    distance = np.arange(OCTAVES) - np.log2(hertz / 100)
    return unit_length(np.exp(-(distance**2))[None].astype(np.float32))
