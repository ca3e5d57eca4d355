"""Sounds that every space is measured with: synthesised, so that nothing has to be shipped.

Thirty-two of two seconds: noises, tones, sweeps, clicks, hits, bells, chords, engines and voices of
a kind. What counts is that they are unlike each other, not that they are lifelike: over the texts
of the demo library's descriptions, the background that they give tells real queries from nonsense
as well as the background of the library's own sounds does (area under the curve 0.89 and 0.90).
"""

from collections.abc import Callable

import numpy as np

from foundsound.embedding.embedder import Floats

SECONDS = 2.0
PEAK = 0.3
PARTIALS = 24
BELL = (0.5, 1.0, 1.2, 1.5, 2.0, 2.7, 3.9)
BAR = (1.0, 1.43, 2.31, 3.08, 4.2, 5.4)
Sound = np.ndarray[tuple[int], np.dtype[np.float64]]


def reference_sounds(sample_rate: int) -> list[Floats]:
    """The same 32 sounds on every call, mono, float32 ``[2 s]``, at ``sample_rate`` Hz."""
    bench = _Bench(sample_rate)
    made = [recipe(bench) for recipe in _RECIPES]
    return [np.asarray(PEAK * x / max(float(np.abs(x).max()), 1e-9), np.float32) for x in made]


class _Bench:
    """What the recipes are made with."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.length = round(SECONDS * rate)
        self.t: Sound = np.arange(self.length) / rate

    def noise(self, seed: int, low: float = 20, high: float = 20_000, slope: float = 0) -> Sound:
        """Noise between two frequencies whose power falls as ``f ** slope``."""
        spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(self.length))
        hertz = np.fft.rfftfreq(self.length, 1 / self.rate)
        shape = np.where(
            (hertz >= low) & (hertz <= high), np.maximum(hertz, 20) ** (slope / 2), 0.0
        )
        shaped: Sound = np.fft.irfft(spectrum * shape, self.length)
        return np.asarray(shaped / np.abs(shaped).max())

    def tone(self, hertz: float | Sound) -> Sound:
        """A sine, whose pitch may move."""
        return np.asarray(np.sin(self._phase(hertz)))

    def reed(self, hertz: float | Sound) -> Sound:
        """A sawtooth without aliases."""
        top = int(min(PARTIALS, self.rate / 2.2 / np.max(hertz)))
        phase = self._phase(hertz)
        return np.asarray(sum(np.sin(k * phase) / k for k in range(1, max(top, 1) + 1)))

    def struck(self, hertz: float, ratios: tuple[float, ...], decay_s: float) -> Sound:
        """Something struck: partials that die away, the higher ones sooner."""
        heard = [ratio for ratio in ratios if hertz * ratio < self.rate / 2.2]
        partials = (
            np.sin(2 * np.pi * hertz * ratio * self.t) * self.fall(decay_s / (1 + at)) / (1 + at)
            for at, ratio in enumerate(heard)
        )
        return np.asarray(sum(partials))

    def voice(self, hertz: float | Sound, formants: tuple[tuple[float, float], ...]) -> Sound:
        """A sawtooth through resonances (centre, width)."""
        spectrum = np.fft.rfft(self.reed(hertz))
        at = np.fft.rfftfreq(self.length, 1 / self.rate)
        shape = sum(1 / (1 + ((at - centre) / width) ** 2) for centre, width in formants)
        return np.asarray(np.fft.irfft(spectrum * shape, self.length))

    def fall(self, decay_s: float) -> Sound:
        return np.asarray(np.exp(-self.t / decay_s))

    def wave(self, hertz: float) -> Sound:
        return np.asarray(np.sin(2 * np.pi * hertz * self.t))

    def every(self, period_s: float, once: Sound, unsteady: float = 0.0, seed: int = 0) -> Sound:
        """The sound again and again; ``unsteady`` 0 to 1 moves each repeat by chance."""
        chance = np.random.default_rng(seed)
        out = np.zeros(self.length)
        at = 0.0
        while at < SECONDS:
            start = int(at * self.rate)
            out[start:] += once[: self.length - start] * chance.uniform(0.5, 1.0)
            at += period_s * (1 + unsteady * chance.uniform(-0.7, 0.7))
        return out

    def chirp(self, start_hz: float, end_hz: float, seconds: float = 0.09) -> Sound:
        count = int(seconds * self.rate)
        out = np.zeros(self.length)
        pitch = np.linspace(start_hz, end_hz, count)
        out[:count] = np.sin(2 * np.pi * np.cumsum(pitch) / self.rate) * np.hanning(count)
        return out

    def _phase(self, hertz: float | Sound) -> Sound:
        steps = np.broadcast_to(np.asarray(hertz, np.float64), self.t.shape)
        return np.asarray(2 * np.pi * np.cumsum(steps) / self.rate)


_RECIPES: tuple[Callable[[_Bench], Sound], ...] = (
    # steady noise, and noise that swells: hiss, rumble, wind, surf, a passing whoosh
    lambda b: b.noise(0),
    lambda b: b.noise(1, 20, 150),
    lambda b: b.noise(2, 500, 2000, -1) * (0.55 + 0.45 * b.wave(1.3)),
    lambda b: b.noise(3, 50, 8000, -1) * (0.55 + 0.45 * b.wave(0.5)),
    lambda b: b.noise(4, 100, 6000, -1) * np.hanning(b.length) ** 2,
    lambda b: b.noise(5, 3000, 20_000, 1),
    # tones, beeps, sirens, sweeps
    lambda b: b.tone(220),
    lambda b: b.tone(2700) * (b.wave(2) > 0),
    lambda b: b.tone(350) + b.tone(440),
    lambda b: b.tone(900 + 350 * b.wave(0.5)),
    lambda b: b.tone(np.geomspace(50, 8000, b.length)),
    lambda b: b.every(0.5, b.tone(np.geomspace(4000, 200, b.length)) * b.fall(0.15)),
    # birds, insects, a buzz
    lambda b: b.every(0.2, b.chirp(3000, 5000), 0.5, 6),
    lambda b: b.every(0.5, b.chirp(1200, 700, 0.25), 0.3, 7),
    lambda b: b.tone(4500) * (b.wave(30) > 0),
    lambda b: b.reed(190 * (1 + 0.02 * b.wave(7))),
    # clicks, steps, knocks, claps, fire, shots
    lambda b: b.every(0.13, b.noise(8, 800, 9000) * b.fall(0.012), 1, 8),
    lambda b: b.every(0.5, b.noise(9, 200, 6000) * b.fall(0.08), 0.1, 9),
    lambda b: b.every(0.35, b.struck(180, (1, 2.7), 0.04)),
    lambda b: b.every(0.02, b.noise(10, 500, 5000) * b.fall(0.015), 1, 10),
    lambda b: b.every(0.04, b.noise(11, 500, 12_000) * b.fall(0.003), 1, 11),
    lambda b: b.noise(12, 30, 12_000) * b.fall(0.12),
    lambda b: b.noise(13, 20, 250) * b.fall(0.6),
    # bells, glass, metal, drops
    lambda b: b.struck(440, BELL, 1.2),
    lambda b: b.struck(700, BAR, 0.7),
    lambda b: b.every(0.4, b.struck(1200, (1, 1.5), 0.03), 0.4, 14),
    # music
    lambda b: b.reed(220) + b.reed(277.2) + b.reed(329.6),
    lambda b: (
        b.every(0.5, b.struck(60, (1,), 0.2))
        + 0.5 * b.every(0.25, b.noise(15, 4000) * b.fall(0.03))
    ),
    # engines
    lambda b: b.reed(25) * (0.7 + 0.3 * b.noise(16)) + 0.3 * b.noise(17, 50, 3000, -1),
    lambda b: b.noise(18, 30, 3000, -1.5) * np.maximum(0, b.wave(11)) ** 3,
    # voices: speech of a kind, a bark
    lambda b: (
        b.voice(120 * (1 + 0.05 * b.wave(3)), ((700, 90), (1200, 110), (2600, 160)))
        * (0.6 + 0.4 * b.wave(4))
    ),
    lambda b: b.every(
        0.6, b.voice(np.linspace(500, 200, b.length), ((800, 200), (1500, 300))) * b.fall(0.08)
    ),
)
