"""The sizes of CLAP's input, and how a short clip fills a window; needs no torch."""

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

SAMPLE_RATE = 48_000
WINDOW_SAMPLES = 480_000
FFT = 1024
HOP = 480
MELS = 64
FRAMES = WINDOW_SAMPLES // HOP + 1
FLOOR = 1e-10  # -100 dB


def repeat_pad(window: Floats) -> Floats:
    """Repeat a short clip as often as it fits into 10 s, then fill up with silence.

    Raises:
        ModelError: the window is empty or longer than 10 s.
    """
    padded = np.empty(WINDOW_SAMPLES, np.float32)
    pad_into(padded, window)
    return padded


def pad_into(padded: Floats, window: Floats) -> int:
    """:func:`repeat_pad` into an array of 480,000; the index at which the silence begins.

    Raises:
        ModelError: as above.
    """
    samples = len(window)
    if not 0 < samples <= WINDOW_SAMPLES:
        raise ModelError(f"CLAP hears 1 to {WINDOW_SAMPLES} samples at a time, not {samples}.")
    filled = WINDOW_SAMPLES // samples * samples
    padded[:filled].reshape(-1, samples)[:] = window
    padded[filled:] = 0.0
    return filled
