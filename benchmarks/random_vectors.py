"""Unit vectors as a library has them: windows lie around their sound, sounds around their text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TEXT = 0.4  # a sound's cosine with the text that describes it
SPREAD = 0.5  # of a window around its sound: a mean cosine of 0.8 between two windows of a sound


def window_vectors(texts: Floats, windows: Sequence[int], seed: int) -> Floats:
    """Unit vectors ``[sum(windows), dim]`` of sounds that have so many windows each, in order.

    Args:
        texts: of each sound the vector of what describes it, ``[sounds, dim]``, unit length.
    """
    rng = np.random.default_rng([3, seed])
    rest = _unit(rng.standard_normal(texts.shape, np.float32))
    centres = _unit(TEXT * texts + np.sqrt(1 - TEXT**2) * rest)
    own = _unit(rng.standard_normal((sum(windows), texts.shape[1]), np.float32))
    return _unit(np.repeat(centres, windows, axis=0) + SPREAD * own)


def sound_id(number: int) -> str:
    """A sound's id, of the form of a content hash."""
    return f"{number:032x}"


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
