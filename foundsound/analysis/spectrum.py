"""Short-time spectra of a sound: levels, brightness, and the energies of 64 mel bands."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from foundsound.analysis.frames import RATE, FrameStream
from foundsound.audio.reader import Floats

FRAME, HOP = 2048, 512  # samples: 93 ms, every 23 ms
FRAMES_S = RATE / HOP  # frames a second
BANDS = 64
LOWEST, HIGHEST = 40.0, 10_000.0  # Hz
KEPT = round(60 * FRAMES_S)  # frames whose bands are kept


class Spectrum:
    """Collects what frames tell: a level every 23 ms, and the bands of the first minute."""

    def __init__(self) -> None:
        self._frames = FrameStream(FRAME, HOP)
        self._window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
        self._hz = np.fft.rfftfreq(FRAME, 1 / RATE).astype(np.float32)
        self._levels: list[Floats] = []
        self._bands: list[Floats] = []
        self._kept = 0  # frames whose bands are kept
        self._energy = 0.0
        self._energy_hz = 0.0

    def push(self, block: Floats) -> Floats:
        """Feed the next mono block at ``RATE``; returns the bands of the frames in it."""
        return self._add(self._frames.push(block))

    def finish(self) -> Floats:
        """The sound is over; returns the bands of its last frames."""
        return self._add(self._frames.finish())

    @property
    def levels(self) -> Floats:
        """Mean power of each frame, float32 ``[frames]``; 1 is full scale."""
        return np.concatenate([*self._levels, np.zeros(0, np.float32)])

    @property
    def bands(self) -> Floats:
        """Mean power in each band of the first minute's frames, float32 ``[frames, 64]``."""
        return np.concatenate([*self._bands, np.zeros((0, BANDS), np.float32)])

    @property
    def brightness_hz(self) -> float | None:
        """The spectral centroid of all frames, each weighing as much as its energy."""
        return self._energy_hz / self._energy if self._energy > 0 else None

    def _add(self, frames: Floats) -> Floats:
        cut = np.fft.rfft(frames * self._window)
        power: Floats = (cut.real**2 + cut.imag**2).astype(np.float32, copy=False)
        # Parseval: twice for the negative frequencies, 3/8 for the window.
        power *= np.float32(2 / (FRAME**2 * 0.375))
        energy = power.sum(axis=1)
        bands: Floats = power @ _filters()
        self._levels.append(energy)
        if self._kept < KEPT:
            self._bands.append(bands[: KEPT - self._kept])
            self._kept += len(bands)
        self._energy += float(energy.sum())
        self._energy_hz += float((power @ self._hz).sum())
        return bands


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Triangles on the mel scale, float32 ``[bins, 64]``."""
    edges = _hz(np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2))
    hz = np.fft.rfftfreq(FRAME, 1 / RATE)[:, None]
    rising = (hz - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - hz) / np.diff(edges)[1:]
    filters: Floats = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return filters


def _mel(hz: float) -> float:
    """O'Shaughnessy's scale."""
    return float(2595 * np.log10(1 + hz / 700))


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700 * (10 ** (mel / 2595) - 1)
