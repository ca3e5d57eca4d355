"""Integrated loudness of a stream, by ITU-R BS.1770-4, in all but constant memory.

The K-weighted power of every 100 ms is kept, 7 MB for a day; blocks of 400 ms are four of them, and
pass two gates: -70 LUFS, and 10 LU below the loudness of those that are louder than that.
"""

import math
from array import array

import numpy as np

from foundsound.analysis.k_weighting import Doubles, KWeighting
from foundsound.audio.reader import Floats

BLOCK_S = 0.4  # of the standard: what is shorter has no block
STEPS = 4  # of 100 ms in a block
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
OFFSET = -0.691  # LUFS of power 1
# By the order of WAV and FLAC: channels at the sides count 1.41, the LFE not at all. What other
# numbers of channels mean nobody can know: each channel counts once.
_WEIGHTS = {
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),  # behind 120 degrees they count once
}


class LoudnessMeter:
    """Takes float32 ``[frames, channels]`` blocks, and tells the loudness at the end.

    A sound shorter than 400 ms is measured with silence behind it, as a momentary meter would show
    it: what is half as long is 3 LU quieter.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._filter = KWeighting(rate, channels)
        self._weights = np.array(_WEIGHTS.get(channels, (1.0,) * channels))
        self._frames = 0  # pushed
        self._measured = 0  # of these, through the filter
        self._open = 0.0  # energy of the step that is not over yet
        self._energies = array("d")  # of the steps that are

    def push(self, block: Floats) -> None:
        """Feed the next block."""
        self._frames += len(block)
        self._measure(self._filter.push(block))

    def finish(self) -> float | None:
        """Integrated loudness in LUFS; None when nothing is louder than the gate."""
        missing = math.ceil(BLOCK_S * self._rate) - self._frames
        if missing > 0:
            self.push(np.zeros((missing, self._channels), np.float32))
        self._measure(self._filter.finish())
        steps = np.array(self._energies)
        if len(steps) < STEPS:
            return None
        sums = np.convolve(steps, np.ones(STEPS), "valid")
        return _gated(sums / (BLOCK_S * self._rate))

    def _measure(self, filtered: Floats) -> None:
        """Add to the steps; ``filtered`` is ``[channels, frames]``."""
        count = filtered.shape[1]
        if not count:
            return
        power = self._weights @ (filtered.astype(np.float64) ** 2)
        first, last = (
            place * 10 // self._rate for place in (self._measured, self._measured + count)
        )
        # The first frame of each step that begins within; a tenth need not be whole frames.
        starts = [-(-step * self._rate // 10) for step in range(first + 1, last + 1)]
        edges = [0, *(start - self._measured for start in starts)]
        edges = [edge for edge in edges if edge < count]
        sums = np.add.reduceat(power, edges)
        sums[0] += self._open
        if len(edges) <= len(starts):  # the last step ends with the block
            self._open = 0.0
        else:
            self._open, sums = float(sums[-1]), sums[:-1]
        self._energies.frombytes(sums.tobytes())
        self._measured += count


def _gated(power: Doubles) -> float | None:
    """The loudness of blocks of mean power, by both gates."""
    loud = power[power > _power(ABSOLUTE_GATE)]
    if not len(loud):
        return None
    loud = loud[loud > _power(_lufs(float(loud.mean())) + RELATIVE_GATE)]
    return _lufs(float(loud.mean()))


def _lufs(power: float) -> float:
    return OFFSET + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
