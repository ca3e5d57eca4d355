"""True peak of a stream, by ITU-R BS.1770-4 annex 2: the peak of the signal oversampled four times.

Only stretches that can hold it are oversampled. The interpolation filter raises no peak by more
than its absolute sum, so what lies lower by that much is passed over, and the result is the same.
"""

import math
from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from foundsound.audio.reader import Floats

OVERSAMPLING = 4
REACH = 96  # samples to each side that soxr HQ takes into account (82 above 1e-5)
MOST_GAIN = 3.0  # of soxr HQ at four times; its absolute sum is 2.8
CHUNK = 2048  # frames that are looked at or passed over together


class TruePeakMeter:
    """Takes float32 ``[frames, channels]`` blocks, and tells the highest true peak at the end."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._peak = 0.0  # linear
        self._held = np.zeros((REACH, channels), np.float32)  # silence before the sound

    def push(self, block: Floats) -> None:
        """Feed the next block."""
        samples = np.concatenate([self._held, block])
        if len(samples) > 2 * REACH:
            self._look(samples)
        self._held = samples[-2 * REACH :]

    def finish(self) -> float | None:
        """True peak in dBTP; None for digital silence."""
        self.push(np.zeros((REACH, self._held.shape[1]), np.float32))
        return 20 * math.log10(self._peak) if self._peak > 0 else None

    def _look(self, samples: Floats) -> None:
        """Look at all but ``REACH`` samples at either end."""
        highest = float(np.abs(samples).max())
        if highest * MOST_GAIN <= self._peak:
            return
        inner = np.abs(samples[REACH:-REACH])
        self._peak = max(self._peak, float(inner.max()))
        starts = np.arange(0, len(inner), CHUNK)
        # A channel at a time: the loud one of two is often the only one that counts.
        for channel, peaks in enumerate(np.maximum.reduceat(inner, starts).T):
            # What stands around a chunk also counts in it: REACH is shorter than a chunk.
            padded = np.concatenate([peaks[:1], peaks, peaks[-1:]])
            around = np.maximum(np.maximum(padded[:-2], padded[2:]), peaks)
            edges = np.abs(samples[[*range(REACH), *range(-REACH, 0)], channel]).max()
            around[[0, -1]] = np.maximum(around[[0, -1]], edges)
            for first, last in _runs(around * MOST_GAIN > self._peak):
                end = min(last * CHUNK, len(inner))
                part = samples[first * CHUNK : end + 2 * REACH, channel]
                high = soxr.resample(part, self._rate, OVERSAMPLING * self._rate, quality="HQ")
                kept = high[OVERSAMPLING * REACH : -OVERSAMPLING * REACH]
                if len(kept):
                    self._peak = max(self._peak, float(np.abs(kept).max()))


def _runs(wanted: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Stretches of True as (first, behind the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
