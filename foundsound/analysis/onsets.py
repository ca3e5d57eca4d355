"""Where something begins: onset strength (spectral flux), and its peaks.

Bello et al. 2005, as librosa does it: the mean over mel bands of how many dB each one rises from a
frame to the next. Peaks stand out from their surroundings by a fixed number of dB, not by a share
of the highest peak, so that rain has no onsets however long one listens.
"""

import numpy as np
from numpy.typing import NDArray

from foundsound.analysis.spectrum import BANDS, FRAME, FRAMES_S, HOP
from foundsound.audio.reader import Floats

FLOOR_DB = -90.0  # of full scale: what lies lower in a band is not heard
RISE_DB = 3.0  # above the mean around it
AROUND = round(0.12 * FRAMES_S)  # frames to each side
EDGE = FRAME // HOP - 1  # frames that see the end, where a tone that is cut clicks
APART = 0.05 * FRAMES_S  # frames from one onset to the next


class OnsetStrength:
    """The mean rise of each frame, in dB."""

    def __init__(self) -> None:
        self._before = np.full((1, BANDS), FLOOR_DB, np.float32)
        self._strength: list[Floats] = []

    def push(self, bands: Floats) -> None:
        """Feed the power of the next frames, float32 ``[frames, 64]``."""
        if not len(bands):
            return
        db = 10 * np.log10(np.maximum(bands, np.float32(10 ** (FLOOR_DB / 10))))
        rise = np.maximum(0, np.diff(db, axis=0, prepend=self._before))
        self._strength.append(rise.mean(axis=1).astype(np.float32))
        self._before = db[-1:]

    def finish(self) -> Floats:
        """Of the whole sound, float32 ``[frames]``."""
        strength = np.concatenate([*self._strength, np.zeros(0, np.float32)])
        strength[1:][-EDGE:] = 0
        return strength


def onset_frames(strength: Floats) -> NDArray[np.intp]:
    """The frames in which something begins."""
    if not len(strength):
        return np.zeros(0, np.intp)
    padded = np.pad(strength, AROUND)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    peaks = (strength >= around.max(axis=1)) & (strength > around.mean(axis=1) + RISE_DB)
    found: list[int] = []
    for frame in np.flatnonzero(peaks):
        if not found or frame - found[-1] > APART:
            found.append(int(frame))
    return np.array(found, np.intp)
