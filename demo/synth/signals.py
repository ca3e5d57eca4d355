"""The building blocks every recipe shares: noise, filters, envelopes, and placing on a timeline.

Everything is plain numpy on mono float arrays at one rate, so that a recipe reads as physics and
the demo needs nothing that foundsound does not install anyway.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
Random = np.random.Generator

RATE = 44_100
_TINY = 1e-12


def clock(duration: float) -> Sound:
    """The time of each sample, in seconds."""
    return np.arange(round(duration * RATE)) / RATE


def silence(duration: float) -> Sound:
    return np.zeros(round(duration * RATE))


def white(rng: Random, duration: float) -> Sound:
    return rng.standard_normal(round(duration * RATE))


def _fft_size(least: int) -> int:
    """A length the FFT is quick at: 2, 3 or 5 times a power of two."""
    power = 1 << max(1, (least - 1).bit_length())
    return min(size for size in (power, power // 4 * 3, power // 8 * 5) if size >= least)


def shaped(x: Sound, gain: Callable[[Sound], Sound]) -> Sound:
    """Filter by a gain over frequency: zero phase, padded so that the end does not wrap around."""
    size = _fft_size(len(x) + RATE // 10)
    spectrum = np.fft.rfft(x, size)
    return np.fft.irfft(
        spectrum * gain(np.asarray(np.fft.rfftfreq(size, 1 / RATE), dtype=np.float64)), size
    )[: len(x)]


def band(x: Sound, low: float, high: float, order: int = 2) -> Sound:
    """Band-pass with Butterworth slopes; a `low` of 0 leaves only the low-pass."""

    def gain(f: Sound) -> Sound:
        rise = (
            1 / np.sqrt(1 + (low / np.maximum(f, 0.1)) ** (2 * order)) if low else np.ones_like(f)
        )
        return rise / np.sqrt(1 + (f / high) ** (2 * order))

    return shaped(x, gain)


def coloured(rng: Random, duration: float, slope: float) -> Sound:
    """Noise whose power falls as 1/f^slope: 0 white, 1 pink, 2 brown; flat below 20 Hz."""
    noise = shaped(white(rng, duration), lambda f: np.maximum(f, 20.0) ** (-slope / 2))
    return noise / (np.std(noise) + _TINY)


def resonant(x: Sound, peaks: Sequence[tuple[float, float, float]], dry: float = 0.0) -> Sound:
    """Ring `x` through two-pole resonances given as (frequency, sharpness Q, gain)."""

    def gain(f: Sound) -> Sound:
        response = np.full(len(f), dry, dtype=np.complex128)
        for centre, sharpness, level in peaks:
            ratio = np.maximum(f, 0.1) / centre
            response += level * (1j * ratio / sharpness) / (1 - ratio**2 + 1j * ratio / sharpness)
        return np.asarray(response)

    return shaped(x, gain)


def swept(x: Sound, centre: Sound, octaves: Sound | float, level: Sound | float) -> Sound:
    """Filter by a bell-shaped band whose centre, width and level are curves, a value a sample."""
    window, hop = 2048, 512
    curves = [
        np.broadcast_to(np.asarray(c, dtype=np.float64), x.shape) for c in (centre, octaves, level)
    ]
    padded = np.concatenate([np.zeros(window), x, np.zeros(window)])
    starts = np.arange(0, len(padded) - window, hop)
    shape = np.sqrt(np.hanning(window + 1)[:-1])
    frames = padded[starts[:, None] + np.arange(window)] * shape
    at = np.clip(starts - window // 2, 0, len(x) - 1)
    c, w, g = (curve[at][:, None] for curve in curves)
    f = np.maximum(np.fft.rfftfreq(window, 1 / RATE), 10.0)[None]
    gain = g * np.exp(-0.5 * ((np.log2(f) - np.log2(c)) / w) ** 2)
    filtered = np.fft.irfft(np.fft.rfft(frames, axis=1) * gain, window, axis=1) * shape
    out = np.zeros(len(padded))
    for start, frame in zip(starts, filtered, strict=True):
        out[start : start + window] += frame
    return out[window : window + len(x)] * hop * 2 / window


def wander(rng: Random, duration: float, per_second: float, low: float, high: float) -> Sound:
    """A smooth random curve between `low` and `high` with that many turning points a second."""
    points = rng.uniform(low, high, max(4, int(duration * per_second) + 3))
    t = np.linspace(0, len(points) - 1.001, round(duration * RATE))
    i, u = t.astype(int), t - t.astype(int)
    blend = (1 - np.cos(np.pi * u)) / 2
    return np.asarray(points[i] * (1 - blend) + points[i + 1] * blend)


def fall(duration: float, t60: float) -> Sound:
    """An exponential decay that is 60 dB down after `t60` seconds."""
    return np.exp(-6.908 * clock(duration) / t60)


def swell(duration: float, rise: float, drop: float) -> Sound:
    """Up in `rise` seconds, level, down in `drop` seconds, without corners."""
    t = clock(duration)
    up = np.clip(t / max(rise, 1e-4), 0, 1)
    down = np.clip((duration - t) / max(drop, 1e-4), 0, 1)
    return np.asarray(np.sin(np.pi / 2 * up) ** 2 * np.sin(np.pi / 2 * down) ** 2)


def tone(frequency: Sound | float, duration: float) -> Sound:
    """A sine that follows a frequency, fixed or a curve."""
    curve = np.broadcast_to(np.asarray(frequency, dtype=np.float64), clock(duration).shape)
    return np.sin(2 * np.pi * np.cumsum(curve) / RATE)


def harmonics(frequency: Sound | float, levels: Sequence[float], duration: float) -> Sound:
    """A harmonic sound; partials above 16 kHz are left out, for they would fold back."""
    curve = np.broadcast_to(np.asarray(frequency, dtype=np.float64), clock(duration).shape)
    phase = 2 * np.pi * np.cumsum(curve) / RATE
    out = np.zeros(len(phase))
    for number, level in enumerate(levels, start=1):
        out += level * np.sin(number * phase) * (number * curve < 16_000)
    return out


def put(line: Sound, x: Sound, at: float, gain: float = 1.0) -> None:
    """Add `x` onto the timeline at a second; what sticks out at the end is cut."""
    start = round(at * RATE)
    if 0 <= start < len(line):
        stop = min(len(line), start + len(x))
        line[start:stop] += gain * x[: stop - start]


def strewn(rng: Random, duration: float, per_second: float, kernel: Sound, spread: float) -> Sound:
    """Copies of one small sound at random moments, their levels log-normal by `spread`.

    Rain, fire, gravel and applause are all this: many small independent events.
    """
    size = round(duration * RATE)
    train = np.zeros(size)
    count = rng.poisson(per_second * duration)
    np.add.at(train, rng.integers(0, size, count), np.exp(spread * rng.standard_normal(count)))
    return echoed(train, kernel)


def echoed(x: Sound, response: Sound) -> Sound:
    """Convolve with an impulse response, keeping the length of `x`."""
    size = _fft_size(len(x) + len(response))
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(response, size), size)[: len(x)]


def roomy(rng: Random, x: Sound, t60: float, wet: float, high: float = 6000.0) -> Sound:
    """Add a diffuse reverberation: noise that decays, darkened as air and walls do."""
    tail = band(white(rng, t60) * fall(t60, t60), 150.0, high)
    tail[: RATE // 100] *= np.linspace(0, 1, RATE // 100)
    reverberation = echoed(x, tail)
    scale = (np.std(x) + _TINY) / (np.std(reverberation) + _TINY)
    return x + wet * scale * reverberation


def finished(x: Sound, peak: float = -3.0, rise: float = 0.004, drop: float = 0.03) -> Sound:
    """Remove the offset, fade both ends and set the peak in dBFS: no clicks, no clipping."""
    out = np.atleast_2d(x.T).T - np.mean(np.atleast_2d(x.T).T, axis=0)
    fade = swell(len(out) / RATE, rise, drop)[: len(out), None]
    out = out * fade
    return np.asarray(out / (np.max(np.abs(out)) + _TINY) * 10 ** (peak / 20))


def pressed(x: Sound, drive: float) -> Sound:
    """Bend the peaks as a loud world and a microphone do, so that the quiet parts are heard.

    `drive` is how many times its own average level a sound may reach before it is bent.
    """
    scale = drive * (np.std(x) + _TINY)
    return np.asarray(np.tanh(x / scale))
