"""Unit vectors as a library has them: the windows of one sound resemble each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SPREAD = 0.5  # of a window around its sound: a mean cosine of 0.8 between two windows of a sound


def window_vectors(windows: Sequence[int], dim: int, seed: int) -> Floats:
    """Unit vectors ``[sum(windows), dim]`` of sounds that have so many windows each, in order."""
    rng = np.random.default_rng([3, seed])
    centres = _unit(rng.standard_normal((len(windows), dim), np.float32))
    own = _unit(rng.standard_normal((sum(windows), dim), np.float32))
    return _unit(np.repeat(centres, windows, axis=0) + SPREAD * own)


def sound_id(number: int) -> str:
    """A sound's id, of the form of a content hash."""
    return f"{number:032x}"


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
