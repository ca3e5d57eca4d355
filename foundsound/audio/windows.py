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
    """Samples ``start_s`` to ``end_s`` of a sound, mono float32 ``[samples]``, read-only."""

    start_s: float
    end_s: float
    samples: Floats


def cut_windows(blocks: Iterable[Floats], sample_rate: int, window_s: float) -> Iterator[Window]:
    """Cut a stream of mono blocks into windows, holding little more than two windows in memory.

    Windows that overlap share their samples.
    """
    size = round(window_s * sample_rate)
    hop = max(1, round(size * HOP_SHARE))
    held = _Held(2 * size)
    upcoming = 0  # index at which the next regular window starts

    def window(first: int, end: int) -> Window:
        return Window(first / sample_rate, end / sample_rate, held.samples(first, end))

    for block in blocks:
        held.append(block, min(upcoming, max(0, held.seen + len(block) - size)))
        while upcoming + size < held.seen:  # not <=: the last window is the anchored one below
            yield window(upcoming, upcoming + size)
            upcoming += hop
    if held.seen:
        yield window(max(0, held.seen - size), held.seen)


class _Held:
    """The samples of a sound that windows may still need.

    A buffer that is full gives way to another one: what was given out of it stays as it is.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._buffer = np.empty(size, np.float32)
        self._start = 0  # index, in the sound, of the buffer's first sample
        self.seen = 0  # samples of the sound so far

    def append(self, block: Floats, needed: int) -> None:
        """Add a block; what lies before the index ``needed`` may be forgotten."""
        end = self.seen + len(block)
        if end - self._start > len(self._buffer):
            kept = self.samples(needed, self.seen)
            self._buffer = np.empty(max(self._size, end - needed), np.float32)
            self._buffer[: len(kept)] = kept
            self._start = needed
        self._buffer[self.seen - self._start : end - self._start] = block
        self.seen = end

    def samples(self, first: int, end: int) -> Floats:
        """From the index ``first`` up to ``end``, which nothing writes to any more."""
        found = self._buffer[first - self._start : end - self._start]
        found.flags.writeable = False
        return found
