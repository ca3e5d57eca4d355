"""Tempo: the period at which onsets repeat, and how sure one can be of it."""

from dataclasses import dataclass

import numpy as np

from foundsound.analysis.spectrum import FRAMES_S
from foundsound.audio.reader import Floats

SLOWEST, FASTEST = 40.0, 300.0  # beats a minute
USUAL, SPREAD = 120.0, 1.0  # people tap along at about 120; deviation in octaves, as in librosa
LEAST_BEATS = 4
MEMORY_S = 9.0  # a player drifts: repetition further apart than this is not asked for
SURE = 0.45  # of 1: below, there may be no beat at all


@dataclass(frozen=True)
class Tempo:
    """Beats a minute."""

    bpm: float
    confidence: float  # 0 to 1: how alike the onsets are one beat apart


def find_tempo(strength: Floats) -> Tempo | None:
    """The tempo of onset strengths; None when nothing repeats for certain.

    Autocorrelation, weighed by how usual a tempo is (Ellis 2007).
    """
    beat = 60 * FRAMES_S
    longest = round(beat / SLOWEST)
    if len(strength) < LEAST_BEATS * beat / FASTEST or not strength.any():
        return None
    correlation = _autocorrelation(strength, round(MEMORY_S * FRAMES_S))
    lags = np.arange(1, min(longest + 1, len(strength) // 2, len(correlation) - 1))
    if not len(lags):
        return None
    usual = np.exp(-0.5 * (np.log2(beat / lags / USUAL) / SPREAD) ** 2)
    peaks = (correlation[lags] >= correlation[lags - 1]) & (
        correlation[lags] >= correlation[lags + 1]
    )
    weight = np.where(peaks & (lags >= beat / FASTEST), correlation[lags] * usual, 0)
    if not weight.max() > 0:
        return None
    lag, height = _top(correlation, int(lags[weight.argmax()]))
    # The k-th repetition tells the period k times as precisely.
    multiple = 2
    while multiple * lag + 2 < min(len(correlation) - 1, len(strength) / 2):
        around = round(multiple * lag)
        near = correlation[around - 1 : around + 2]
        place, there = _top(correlation, around - 1 + int(near.argmax()))
        if there < 0.5 * height:
            break
        lag = place / multiple
        multiple *= 2
    beats = len(strength) / lag
    confidence = float(np.clip(height * min(1.0, beats / LEAST_BEATS), 0, 1))
    return Tempo(beat / lag, confidence) if confidence >= SURE else None


def _autocorrelation(strength: Floats, longest: int) -> Floats:
    """Normalised by the energy of the stretches that overlap; float32 ``[lags]``."""
    x = (strength - strength.mean()).astype(np.float64)
    count = len(x)
    size = 1 << (2 * count - 1).bit_length()
    power = np.abs(np.fft.rfft(x, size)) ** 2
    raw = np.fft.irfft(power, size)[: min(count, longest + 1)]
    energy = np.concatenate([[0.0], np.cumsum(x**2)])
    lags = np.arange(len(raw))
    overlap = np.sqrt(energy[count - lags] * (energy[count] - energy[lags]))
    result: Floats = (raw / np.maximum(overlap, 1e-9)).astype(np.float32)
    return result


def _top(correlation: Floats, lag: int) -> tuple[float, float]:
    """Where the parabola through a peak and its neighbours is highest, and how high."""
    before, here, behind = (float(value) for value in correlation[lag - 1 : lag + 2])
    bend = before - 2 * here + behind
    if bend >= 0:
        return float(lag), here
    shift = max(-0.5, min(0.5, 0.5 * (before - behind) / bend))
    return lag + shift, here - 0.25 * (before - behind) * shift
