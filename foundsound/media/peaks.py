"""Waveform peaks: the least and the greatest sample of every pixel, at two zooms.

The format is that of BBC's audiowaveform, JSON version 2, which waveform libraries read:
https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
"""

import json
import math
from collections.abc import Iterable

import numpy as np

from foundsound.audio.reader import Floats

MOST_BINS = 2**17  # held while a sound is read, 1 MiB; even
OVERVIEW_PIXELS = 1000
DETAIL_PER_S = 100
DETAIL_PIXELS = 60_000  # ten minutes at 100 a second; longer sounds have fewer a second
BITS = 16
FULL_SCALE = 2 ** (BITS - 1) - 1


class Peaks:
    """Extremes of bins that double in length whenever there are too many of them.

    So a sound's length need not be known before it is read, and an hour takes no more memory than
    three seconds.
    """

    def __init__(self, sample_rate: int, blocks: Iterable[Floats]) -> None:
        self._rate = sample_rate
        self._bin = 1  # samples
        self._count = 0
        self._low = np.zeros(MOST_BINS, np.float32)
        self._high = np.zeros(MOST_BINS, np.float32)
        rest = np.zeros(0, np.float32)  # less than one bin
        for block in blocks:
            rest = self._push(np.concatenate([rest, block]))
        if len(rest):
            self._add(rest[None])

    def overview(self) -> bytes:
        """At most 1,000 pixels over the whole sound, as JSON."""
        return self._json(math.ceil(self._count / OVERVIEW_PIXELS))

    def detail(self) -> bytes:
        """100 pixels a second or somewhat more, at most 60,000 in all, as JSON."""
        a_pixel = self._rate // (DETAIL_PER_S * self._bin)
        return self._json(max(a_pixel, math.ceil(self._count / DETAIL_PIXELS)))

    def _push(self, samples: Floats) -> Floats:
        while len(samples) >= self._bin:
            bins = min(len(samples) // self._bin, MOST_BINS - self._count)
            self._add(samples[: bins * self._bin].reshape(bins, self._bin))
            samples = samples[bins * self._bin :]
            if self._count == MOST_BINS:
                self._double()
        return samples

    def _add(self, bins: Floats) -> None:
        end = self._count + len(bins)
        bins.min(axis=1, out=self._low[self._count : end])
        bins.max(axis=1, out=self._high[self._count : end])
        self._count = end

    def _double(self) -> None:
        half = MOST_BINS // 2
        self._low[:half] = self._low.reshape(half, 2).min(axis=1)
        self._high[:half] = self._high.reshape(half, 2).max(axis=1)
        self._count = half
        self._bin *= 2

    def _json(self, bins_a_pixel: int) -> bytes:
        bins_a_pixel = max(1, bins_a_pixel)
        starts = np.arange(0, self._count, bins_a_pixel)
        low = np.minimum.reduceat(self._low[: self._count], starts)
        high = np.maximum.reduceat(self._high[: self._count], starts)
        data = np.stack([low, high], axis=1).clip(-1, 1) * FULL_SCALE
        waveform = {
            "version": 2,
            "channels": 1,
            "sample_rate": self._rate,
            "samples_per_pixel": self._bin * bins_a_pixel,
            "bits": BITS,
            "length": len(starts),
            "data": data.round().astype(int).ravel().tolist(),
        }
        return json.dumps(waveform, separators=(",", ":")).encode()
