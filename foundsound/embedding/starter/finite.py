"""Makes any window one that a network can hear."""

import numpy as np

from foundsound.embedding.embedder import Floats

PEAK_LIMIT = 16.0  # float files may pass full scale, but not by more than 24 dB in earnest


def finite(window: Floats) -> Floats:
    """At least one sample, no NaN or infinity, no absurd level."""
    if not len(window):
        return np.zeros(1, np.float32)
    window = np.nan_to_num(window, nan=0.0, posinf=PEAK_LIMIT, neginf=-PEAK_LIMIT)
    return np.clip(window, -PEAK_LIMIT, PEAK_LIMIT)
