"""Insects: wings and scrapers, each species a carrier and a rhythm."""

import numpy as np

from demo.synth.signals import (
    RATE,
    Random,
    Sound,
    band,
    clock,
    put,
    resonant,
    silence,
    swell,
    tone,
    wander,
    white,
)


def _chirp(pitch: float, pulses: int, pulse: float, gap: float) -> Sound:
    """One chirp of a field cricket: a few pulses of nearly pure tone, the first the weakest."""
    out = silence(pulses * (pulse + gap))
    for number in range(pulses):
        beat = tone(pitch * (1 - 0.02 * clock(pulse) / pulse), pulse) * swell(
            pulse, 0.4 * pulse, 0.5 * pulse
        )
        put(out, beat, number * (pulse + gap), 0.5 + 0.5 * (number + 1) / pulses)
    return out


def crickets(rng: Random) -> Sound:
    """One near and a chorus behind it, no two at one pitch or pace; stereo night."""
    duration = 9.0
    sides = [silence(duration), silence(duration)]
    for singer in range(14):
        pitch, pace = rng.uniform(4100, 5000), rng.uniform(0.34, 0.55)
        chirp = _chirp(pitch, int(rng.integers(3, 5)), 0.017, 0.011)
        level = 1.0 if singer == 0 else rng.uniform(0.06, 0.3)
        pan = rng.uniform(0.1, 0.9)
        for at in np.arange(rng.uniform(0, pace), duration, pace):
            moment = float(at) + rng.normal(0, 0.01)
            put(sides[0], chirp, moment, level * np.sqrt(1 - pan))
            put(sides[1], chirp, moment, level * np.sqrt(pan))
    air = [0.004 * band(white(rng, duration), 200, 6000, 1) for _ in sides]
    return np.stack([side + noise for side, noise in zip(sides, air, strict=True)], axis=1)


def housefly(rng: Random) -> Sound:
    """A fly against a window: wings at about 190 beats a second, with stops where it sits."""
    duration = 6.0
    t = clock(duration)
    rate = 165 + wander(rng, duration, 3, -70, 40) + wander(rng, duration, 25, -6, 6)
    turns = np.cumsum(rate) / RATE
    beats = np.zeros(len(t))
    beats[np.flatnonzero(np.diff(np.floor(turns)) > 0)] = 1.0
    wings = resonant(beats, [(2600, 3.0, 1.0), (5200, 3.0, 1.0)], 0.2)
    flying = 1 - np.exp(-(((t - 2.3) / 0.22) ** 6)) - np.exp(-(((t - 4.5) / 0.16) ** 6))
    air = 0.02 * band(white(rng, duration), 2000, 9000)
    return np.asarray((wings / np.std(wings) + air) * flying)
