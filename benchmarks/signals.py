"""Deterministic audio of many kinds, for files that no two windows of which sound alike."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rng = np.random.Generator

HOUR_S = 3600
HOUR_RATE = 48_000
HOUR_BYTES = HOUR_S * HOUR_RATE * 2 * 2  # stereo, 16 bits

# Ending, subtype, sample rate, channels of the n-th clip; 8 kinds, as libraries mix them.
CLIP_KINDS = (
    ("wav", "PCM_16", 48_000, 2),
    ("wav", "PCM_24", 48_000, 1),
    ("flac", "PCM_16", 44_100, 2),
    ("mp3", "MPEG_LAYER_III", 44_100, 2),
    ("wav", "PCM_16", 44_100, 1),
    ("ogg", "VORBIS", 48_000, 2),
    ("flac", "PCM_24", 48_000, 1),
    ("mp3", "MPEG_LAYER_III", 48_000, 1),
)


def write_hour(path: Path) -> Iterator[int]:
    """Stream one hour of 48 kHz stereo 16-bit WAV to disk; yields the seconds written so far."""
    rng = np.random.default_rng(1)
    frames, total = 0, HOUR_S * HOUR_RATE
    with sf.SoundFile(path, "w", HOUR_RATE, 2, "PCM_16") as file:
        while frames < total:
            block = stretch(rng, rng.uniform(2.0, 12.0), HOUR_RATE, 2)[: total - frames]
            file.write(block)
            frames += len(block)
            yield frames // HOUR_RATE


def write_clips(folder: Path, count: int) -> Iterator[float]:
    """Write ``count`` clips of 1 to 10 s in mixed formats; yields the length of each."""
    for number in range(count):
        rng = np.random.default_rng([2, number])
        ending, subtype, rate, channels = CLIP_KINDS[number % len(CLIP_KINDS)]
        samples = stretch(rng, rng.uniform(1.0, 10.0), rate, channels)
        below = folder / f"group_{number % 10}"
        below.mkdir(parents=True, exist_ok=True)
        sf.write(below / f"clip_{number:04}.{ending}", samples, rate, subtype=subtype)
        yield len(samples) / rate


def stretch(rng: Rng, seconds: float, rate: int, channels: int) -> Floats:
    """One sound of a random kind over a quiet noise floor, ``[frames, channels]``, |x| < 1."""
    frames = int(seconds * rate)
    make = _KINDS[rng.integers(len(_KINDS))]
    mono = make(rng, np.arange(frames) / rate)
    mono *= rng.uniform(0.1, 0.8) / max(float(np.abs(mono).max(initial=0.0)), 1e-9)
    pan = rng.uniform(0.3, 1.0, channels)
    noise = 0.003 * rng.standard_normal((frames, channels), np.float32)
    return np.asarray(np.clip(mono[:, None] * pan + noise, -0.99, 0.99), np.float32)


def _tone(rng: Rng, t: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = rng.uniform(60, 2000, 2)
    phase = 2 * np.pi * (low * t + (high - low) * t**2 / (2 * max(t[-1], 1e-3)))
    return np.asarray(sum(np.sin(k * phase) / k for k in range(1, rng.integers(2, 6))))


def _noise(rng: Rng, t: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(rng.standard_normal(len(t)))
    spectrum /= np.arange(1, len(spectrum) + 1) ** rng.uniform(0.0, 1.0)
    swell = 1 + 0.9 * np.sin(2 * np.pi * rng.uniform(0.1, 8.0) * t)
    return np.asarray(np.fft.irfft(spectrum, len(t)) * swell)


def _knocks(rng: Rng, t: NDArray[np.float64]) -> NDArray[np.float64]:
    period = rng.uniform(0.1, 1.5)
    decay = np.exp(-(t % period) * rng.uniform(5, 60))
    return np.asarray(decay * np.sin(2 * np.pi * rng.uniform(80, 4000) * t))


def _near_silence(rng: Rng, t: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1e-6 * rng.standard_normal(len(t)))


_KINDS: tuple[Callable[[Rng, NDArray[np.float64]], NDArray[np.float64]], ...] = (
    _tone,
    _noise,
    _knocks,
    _near_silence,
)
