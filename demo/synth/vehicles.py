"""Things that carry: engines are trains of explosions heard through pipes; horns are chords."""

from collections.abc import Sequence

import numpy as np

from demo.synth.signals import (
    RATE,
    Random,
    Sound,
    band,
    clock,
    coloured,
    harmonics,
    pressed,
    put,
    resonant,
    roomy,
    silence,
    swell,
    swept,
    tone,
    wander,
    white,
)

Peaks = Sequence[tuple[float, float, float]]
_BRASS = [1 / n**0.6 for n in range(1, 20)]


def explosions(rng: Random, rate: Sound, unevenness: float) -> Sound:
    """A pulse each time the engine fires; `rate` is firings a second, never quite even."""
    turns = np.cumsum(rate) / RATE
    beats = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    beats = beats + rng.normal(0, unevenness * RATE / np.mean(rate), len(beats)).astype(int)
    out = np.zeros(len(rate))
    keep = (beats >= 0) & (beats < len(out))
    np.add.at(out, beats[keep], 1 + unevenness * 3 * rng.standard_normal(int(np.sum(keep))))
    return out


def engine(rng: Random, rate: Sound, pipe: Peaks, unevenness: float, rush: float) -> Sound:
    """Firings through exhaust resonances, with the rush of gas that follows each."""
    duration = len(rate) / RATE
    pulses = explosions(rng, rate, unevenness)
    beat = np.convolve(pulses, np.exp(-np.arange(1400) / 420))[: len(pulses)]
    gas = white(rng, duration) * (0.35 + beat / (np.max(beat) + 1e-9))
    voiced = resonant(pulses, pipe)
    rushed = resonant(band(gas, 60, 5000, 1), pipe, 0.25)
    return pressed(voiced / np.std(voiced) + rush * rushed / np.std(rushed), 2.2)


_CAR_PIPE: Peaks = (
    (55, 2.0, 1.2),
    (110, 3.0, 0.9),
    (230, 3.0, 0.5),
    (480, 3.0, 0.3),
    (1100, 2.0, 0.15),
)


def accelerating(rng: Random) -> Sound:
    """Through two gears: revolutions climb, drop at the change, climb again."""
    t = clock(7.0)
    rate = np.where(t < 3.4, 45 + 42 * t, 75 + 30 * (t - 3.6)) - 12 * np.exp(
        -(((t - 3.5) / 0.2) ** 2)
    )
    pipe: Peaks = (
        (90, 2.0, 1.2),
        (190, 2.5, 1.0),
        (420, 2.5, 0.7),
        (900, 2.0, 0.4),
        (1800, 2.0, 0.2),
    )
    return engine(rng, rate, pipe, 0.02, 0.7) * (0.5 + t / 14)


def motorcycle(rng: Random) -> Sound:
    """A twin at idle, then two bursts of throttle: pitch, loudness and roughness go together."""
    t = clock(7.0)
    rate = 24 + 75 * np.exp(-(((t - 2.4) / 0.9) ** 2)) + 100 * np.exp(-(((t - 5.2) / 1.0) ** 2))
    pipe: Peaks = (
        (110, 2.0, 1.0),
        (240, 2.5, 1.0),
        (520, 2.5, 0.8),
        (1200, 2.0, 0.4),
        (2600, 2.0, 0.15),
    )
    return np.asarray(engine(rng, rate, pipe, 0.03, 0.45) * (0.35 + rate / 100))


def helicopter(rng: Random) -> Sound:
    """Blades slap the air twelve times a second; between the slaps the engine's roar goes on."""
    duration = 8.0
    t = clock(duration)
    near = 0.5 + 0.5 * np.exp(-(((t - 4.5) / 3.0) ** 2))
    slap = 0.5 + 0.5 * np.cos(2 * np.pi * 12 * t)
    chop = band(coloured(rng, duration, 1.0), 60, 1500, 1) * (0.5 + slap)
    roar = band(coloured(rng, duration, 0.5), 100, 5000, 1)
    turbine = tone(1650, duration) + 0.5 * tone(3120, duration)
    return np.asarray((chop / np.std(chop) + 0.5 * roar / np.std(roar) + 0.05 * turbine) * near)


def _blast(rng: Random, chord: Sequence[float], length: float, t60: float, wet: float) -> Sound:
    """One blow on a set of horns; air takes a moment to come to pressure, so the pitch leans in."""
    lean = 1 - 0.025 * np.exp(-clock(length) / 0.06)
    horns = sum((harmonics(f * lean, _BRASS, length) for f in chord), silence(length))
    breath = band(white(rng, length), 800, 5000, 1)
    out = (horns / np.std(horns) + 0.06 * breath / np.std(breath)) * swell(length, 0.06, 0.15)
    return roomy(rng, np.concatenate([out, silence(t60)]), t60, wet, 4500)


def train_horn(rng: Random) -> Sound:
    """Five chimes on a B-major sixth (Nathan K5LA), long, long, short, long."""
    out = silence(9.5)
    chord = (311.1, 370.0, 415.3, 493.9, 622.3)
    for at, length in ((0.1, 1.8), (2.5, 1.8), (4.8, 0.6), (5.8, 2.2)):
        put(out, _blast(rng, chord, length, 1.4, 0.3), at)
    return out


def car_horn(rng: Random) -> Sound:
    out = silence(3.2)
    for at, length in ((0.1, 0.35), (0.7, 1.4)):
        put(out, _blast(rng, (415, 523), length, 0.6, 0.15), at)
    return resonant(out, [(1100, 1.0, 1.0), (2600, 1.5, 0.9)], 0.25)


def ship_horn(rng: Random) -> Sound:
    """A diaphragm horn of a large ship: deep, brassy, answered by the whole harbour."""
    length = 5.0
    t = clock(length)
    pitch = 118 * (1 - 0.04 * np.exp(-t / 0.15)) + wander(rng, length, 8, -0.4, 0.4)
    horn = harmonics(pitch, [0.8, 1, 0.9, 0.8, 0.5, 0.4, 0.25, 0.2, 0.1], length)
    breath = band(coloured(rng, length, 1.0), 80, 1500, 1)
    out = (horn / np.std(horn) + 0.25 * breath / np.std(breath)) * swell(length, 0.25, 0.3)
    harbour = 0.02 * band(coloured(rng, 8.0, 1.0), 60, 2000, 1)
    return (
        roomy(rng, np.concatenate([silence(0.1), out, silence(2.9)]), 3.0, 0.35, 2500)
        + harbour[: round(8.0 * RATE)]
    )


def steam_train(rng: Random) -> Sound:
    """Four puffs to each turn of the wheels, the wheels slowly gathering speed; one whistle."""
    duration = 10.0
    t = clock(duration)
    turns = np.cumsum(2.2 + 0.5 * t) / RATE
    phase = turns % 1
    accent = np.where(np.floor(turns) % 4 == 0, 1.0, 0.75)
    puff = np.minimum(1, phase / 0.22) * np.exp(-phase * 1.8) * accent
    chuff = swept(white(rng, duration), 500 + 1300 * puff, 1.2, 0.18 + puff)
    rumble = band(coloured(rng, duration, 1.0), 60, 900, 1)
    whistle = sum(
        (tone(f * (1 + 0.004 * np.sin(34 * t)), duration) for f in (622, 784, 932)),
        silence(duration),
    )
    blown = whistle + 1.2 * band(white(rng, duration), 700, 3500)
    blown *= np.clip((t - 5.4) * 8, 0, 1) * np.clip((8.0 - t) * 8, 0, 1)
    out = chuff / np.std(chuff) + 0.4 * rumble / np.std(rumble) + 0.7 * blown / np.std(blown)
    return roomy(rng, np.asarray(out), 1.0, 0.15)
