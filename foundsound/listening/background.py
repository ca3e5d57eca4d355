"""What a source sounds like while nothing happens, so that its hum is no event.

The calibration of a space says what unlike sounds score, but a source has a sound of its own: soft
noise may be half a thunder all day long. Its background is the median of a target's strengths over
the last minutes, events of the target left out, and at least what the calibration says. What counts
is how far a window lies above it, on the way to a perfect match.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

WINDOWS = 300  # that are remembered: five minutes at a hop of a second
LEAST = 20  # of them, until then nothing is known


class Background:
    """Of several targets, from windows of one length.

    Args:
        reach: strength of a perfect match with each.
    """

    def __init__(self, reach: Sequence[float]) -> None:
        self._reach = np.asarray(reach, np.float32)
        self._seen = np.full((WINDOWS, len(reach)), np.nan, np.float32)
        self._counts = np.zeros(len(reach), np.int64)
        self._level = np.zeros(len(reach), np.float32)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of which targets enough was heard, ``[targets]``."""
        return self._counts >= LEAST

    def push(self, strengths: Floats, wanted: NDArray[np.bool_]) -> None:
        """Remember a window's strengths ``[targets]``, of those that are wanted and finite."""
        for at in np.flatnonzero(wanted & np.isfinite(strengths)).tolist():
            self._seen[self._counts[at] % WINDOWS, at] = strengths[at]
            self._counts[at] += 1
            if self._counts[at] >= LEAST:
                heard = self._seen[: self._counts[at], at]
                self._level[at] = max(float(np.median(heard)), 0.0)

    def raised(self, thresholds: Floats) -> Floats:
        """Strengths from which the same share of the way to a perfect match is reached."""
        return np.asarray(self._level + thresholds * (1 - self._level / self._reach), np.float32)
