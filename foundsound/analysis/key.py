"""Musical key: which of the 24 the pitches of a sound fit, and how sure one can be of it.

A harmonic pitch class profile of spectral peaks (Gomez 2006), compared with the profiles of
Krumhansl and Kessler (1982).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from foundsound.analysis.frames import RATE, FrameStream
from foundsound.audio.reader import Floats
from foundsound.audio.resample import MonoResampler

PITCH_RATE = 5512  # Hz: all that follows lies below half of it
FRAME, HOP = 2048, 1024  # samples: 2.7 Hz apart, which tells semitones from 80 Hz on
LOWEST, HIGHEST = 65.0, 2100.0  # Hz: fundamentals, and the harmonics that still say something
STEPS = 10  # a semitone: recordings are seldom tuned to 440 Hz exactly
STANDS_OUT = 6.0  # power of a peak above the mean of 41 Hz to each side, for a pitch and no noise
AROUND = 15  # bins to each side
TONAL = 0.45  # of the amplitudes in peaks: below, it is noise
PITCHES = 4  # pitch classes: with fewer there is no key, only a note or a chord
SURE = 0.6  # of 1
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True)
class Key:
    """A key, such as "C" or "F#m"."""

    name: str
    confidence: float  # 0 to 1


class PitchProfile:
    """Collects the pitches of a stream."""

    def __init__(self) -> None:
        self._resampler = MonoResampler(RATE, PITCH_RATE)
        self._frames = FrameStream(FRAME, HOP)
        self._window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
        self._first = int(LOWEST * FRAME / PITCH_RATE)
        self._last = int(HIGHEST * FRAME / PITCH_RATE)
        self._profile = np.zeros(12 * STEPS)
        self._energy = 0.0
        self._in_peaks = 0.0

    @property
    def tonal(self) -> float:
        """How much of the sound is pitches, about 0 to 1."""
        return self._in_peaks / self._energy if self._energy > 0 else 0.0

    def push(self, block: Floats) -> None:
        """Feed the next mono block at ``RATE``."""
        self._add(self._frames.push(self._resampler.push(block)))

    def finish(self) -> Key | None:
        """The key; None when the sound has none, or it is not clear which."""
        self._add(self._frames.push(self._resampler.finish()))
        self._add(self._frames.finish())
        return _best_key(_tuned(self._profile)) if self.tonal > TONAL else None

    def _add(self, frames: Floats) -> None:
        if len(frames):
            cut = np.fft.rfft(frames * self._window)[:, self._first : self._last]
            self._add_peaks((cut.real**2 + cut.imag**2).astype(np.float32, copy=False))

    def _add_peaks(self, power: Floats) -> None:
        self._energy += float(np.sqrt(power).sum())
        inner = power[:, 1:-1]
        sums = np.cumsum(np.pad(power, ((0, 0), (AROUND + 1, AROUND)), mode="reflect"), axis=1)
        around = (sums[:, 2 * AROUND + 1 :] - sums[:, : -2 * AROUND - 1])[:, 1:-1]
        peaks = (inner > power[:, :-2]) & (inner >= power[:, 2:])
        peaks &= inner * (2 * AROUND + 1) > STANDS_OUT * around
        peaks &= inner > power.max(axis=1, keepdims=True) * 1e-4
        rows, bins = np.nonzero(peaks)
        if not len(rows):
            return
        logs = np.log(np.stack([power[rows, bins + step] for step in range(3)]) + 1e-30)
        shift = 0.5 * (logs[0] - logs[2]) / np.minimum(logs[0] - 2 * logs[1] + logs[2], -1e-9)
        hz = (bins + 1 + self._first + np.clip(shift, -0.5, 0.5)) * PITCH_RATE / FRAME
        amplitude = np.sqrt(power[rows, bins + 1])
        # A peak spreads over about three bins of a Hann window.
        self._in_peaks += 3 * float(amplitude.sum())
        steps = np.round(12 * STEPS * np.log2(hz / 440) + 9 * STEPS).astype(int) % (12 * STEPS)
        self._profile += np.bincount(steps, amplitude, 12 * STEPS)


def _tuned(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twelve pitch classes from C on, by the tuning that fits the pitches best."""
    by_step = profile.reshape(12, STEPS).sum(axis=0)
    turns = np.exp(2j * np.pi * np.arange(STEPS) / STEPS)
    tuning = np.angle((by_step * turns).sum()) / (2 * np.pi) * STEPS  # in steps
    centred = np.roll(profile, STEPS // 2 - round(tuning))
    classes: NDArray[np.float64] = centred.reshape(12, STEPS).sum(axis=1)
    return classes


def _best_key(classes: NDArray[np.float64]) -> Key | None:
    if (classes > 0.05 * classes.max()).sum() < PITCHES:
        return None
    centred = classes - classes.mean()
    fits = _profiles() @ (centred / max(float(np.linalg.norm(centred)), 1e-12))
    second, best = (int(place) for place in np.argsort(fits, kind="stable")[-2:])
    # How well it fits, and how much better than the next: relative keys differ by little.
    clear = min(1.0, float(fits[best] - fits[second]) / 0.1)
    confidence = max(0.0, float(fits[best])) * (0.7 + 0.3 * clear)
    name = _NAMES[best % 12] + ("m" if best >= 12 else "")
    return Key(name, confidence) if confidence >= SURE else None


@lru_cache(maxsize=1)
def _profiles() -> NDArray[np.float64]:
    """Of the twelve major keys, then the minor ones, centred and of unit length: [24, 12]."""
    rows = [np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)]
    centred = np.array(rows) - np.mean(rows, axis=1, keepdims=True)
    unit: NDArray[np.float64] = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return unit
