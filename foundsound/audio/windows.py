"""Exact windows: which stretches of a sound become vectors.

A sound up to one window long is one window, at its own length. A longer one has windows of exactly
``window_s`` every ``hop_s``, and a last one anchored at its end, so that no sample is left out and
none depends on chance (an extractor's random crop gives the same file different vectors).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from foundsound.audio.reader import Floats

HOP_SHARE = 0.5  # of a window: an event cut by one border lies in the middle of the next window


@dataclass(frozen=True)
class Window:
    """Samples ``start_s`` to ``end_s`` of a sound, mono float32 ``[samples]``."""

    start_s: float
    end_s: float
    samples: Floats


def cut_windows(blocks: Iterable[Floats], sample_rate: int, window_s: float) -> Iterator[Window]:
    """Cut a stream of mono blocks into windows, holding little more than one window in memory."""
    size = round(window_s * sample_rate)
    hop = max(1, round(size * HOP_SHARE))
    held = np.zeros(0, np.float32)
    start = 0  # index, in the sound, of the first sample held
    upcoming = 0  # index at which the next regular window starts

    def window(first: int, end: int) -> Window:
        samples = held[first - start : end - start].copy()
        return Window(first / sample_rate, end / sample_rate, samples)

    for block in blocks:
        held = np.concatenate([held, block])
        seen = start + len(held)
        while upcoming + size < seen:  # not <=: the last window is the anchored one below
            yield window(upcoming, upcoming + size)
            upcoming += hop
        needed = max(start, min(upcoming, seen - size))
        held = held[needed - start :]
        start = needed
    seen = start + len(held)
    if seen:
        yield window(max(0, seen - size), seen)
