"""One vector for a whole sound: for sounds like a sound, and for the map."""

from collections.abc import Sequence

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length


def sound_vector(windows: Floats, seconds: Sequence[float] | None = None) -> Floats:
    """The normalised mean of a sound's windows.

    Args:
        windows: float32 ``[n, dim]``, unit length, at least one.
        seconds: how much of the sound each stands for: a merged window stands for more than one of
            10 s. Without it, all count the same.

    Returns:
        float32 ``[dim]``, unit length; zero if the windows cancel each other out.

    Raises:
        ValueError: no windows, or another number of seconds.
    """
    if windows.ndim != 2 or len(windows) == 0:
        raise ValueError(f"a sound has at least one window of [dim], not {windows.shape}")
    if seconds is None:
        return unit_length(windows.mean(axis=0))
    if len(seconds) != len(windows):
        raise ValueError(f"{len(windows)} windows, but seconds of {len(seconds)}")
    return unit_length(np.asarray(seconds, dtype=np.float32) @ windows)
