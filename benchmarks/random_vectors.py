"""Unit vectors as a library has them: the windows of one sound resemble each other."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DIM = 512
WINDOWS_PER_SOUND = 3
SPREAD = 0.5  # of a window around its sound: a mean cosine of 0.8 between two windows of a sound


def window_vectors(count: int, dim: int = DIM) -> Floats:
    """``count`` unit vectors ``[count, dim]``, each ``WINDOWS_PER_SOUND`` rows of one sound."""
    rng = np.random.default_rng([3, count])
    sounds = -(-count // WINDOWS_PER_SOUND)
    centres = np.repeat(_unit(rng.standard_normal((sounds, dim), np.float32)), WINDOWS_PER_SOUND, 0)
    own = _unit(rng.standard_normal((count, dim), np.float32))
    return _unit(centres[:count] + SPREAD * own)


def queries(count: int, dim: int) -> Floats:
    """``count`` random directions ``[count, dim]``, the same in every run."""
    return _unit(np.random.default_rng(4).standard_normal((count, dim), np.float32))


def sound_id(number: int) -> str:
    """A sound's id, of the form of a content hash."""
    return f"{number:032x}"


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
