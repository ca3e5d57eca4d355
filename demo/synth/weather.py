"""Rain, wind and thunder: noise, and the many small events it is made of."""

import numpy as np

from demo.synth.modes import CHURCH_BELL, click, struck
from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    pressed,
    put,
    roomy,
    silence,
    strewn,
    swell,
    swept,
    wander,
    white,
)


def rainfall(
    rng: Random,
    duration: float,
    drops: float,
    hiss: float,
    lows: float = 850.0,
    highs: float = 5500.0,
) -> Sound:
    """Single near drops over the hiss of those too many to tell apart.

    The hiss is unevenly loud: that is what thousands of drops a second add up to.
    """
    out = silence(duration)
    for size in (1.0, 1.6, 2.5):
        drop = click(rng, lows * size, highs * size / 2, 0.0174)
        out += strewn(rng, duration, drops / 3, drop, 1.0)
    uneven = np.clip(1 + 2 * band(white(rng, duration), 20, 200), 0.2, 2)
    far = band(white(rng, duration), 1500, 4000, 1) * uneven * wander(rng, duration, 1.0, 0.9, 1.1)
    return pressed(out / np.std(out) + hiss * far / np.std(far), 9.0)


def light_rain(rng: Random) -> Sound:
    return rainfall(rng, 9.0, 155, 1.5)


def heavy_rain(rng: Random) -> Sound:
    """Two independent sides: rain has no one place."""
    sides = [rainfall(rng, 8.0, 420, 3.0) for _ in range(2)]
    return np.stack(sides, axis=1)


def rain_on_roof(rng: Random) -> Sound:
    """Drops drumming on a tin roof: fewer and lower, each knocking on the sheet."""
    return rainfall(rng, 8.0, 27, 1.85, 470, 2300)


def wind(rng: Random, duration: float, strength: float, whistle: float) -> Sound:
    """Gusts: as the wind grows it gets both louder and brighter, so one curve drives the two."""
    gust = wander(rng, duration, 0.5, 0.35, 1.0)
    air = swept(white(rng, duration), 380 + 470 * strength * gust, 0.9, gust)
    leaves = band(white(rng, duration), 1500, 6000, 1) * gust**2
    out = air / np.std(air) + 0.17 * leaves / np.std(leaves)
    for tune, share in ((1.0, 1.0), (1.62, 0.5)):
        reed = swept(white(rng, duration), tune * (420 + 420 * gust), 0.05, gust**2)
        out = out + whistle * share * reed / np.std(reed)
    return np.asarray(out)


def howling_wind(rng: Random) -> Sound:
    return wind(rng, 9.0, 0.8, 0.3)


def blizzard(rng: Random) -> Sound:
    sides = [wind(rng, 8.0, 0.3, 0.0) for _ in range(2)]
    return np.stack(sides, axis=1)


def thunder(rng: Random, duration: float, near: float) -> Sound:
    """A channel kilometres long, heard piece by piece: a crack if near, then claps that roll away.

    Sound from farther pieces arrives later and duller, hence the falling low-pass.
    """
    claps = silence(duration)
    for at in 0.1 + np.sort(rng.exponential(2.0, 27)):
        clap = band(white(rng, 1.0), 40, 1200, 1) * swell(1.0, 0.08, 0.85)
        put(claps, clap, float(at), rng.uniform(0.2, 1) * np.exp(-0.33 * at))
    out = pressed(swept(claps, 245 * np.exp(-clock(duration) / 6) + 45, 1.23, 1.0), 1.9)
    if near:
        crack = silence(duration)
        for at in 0.1 + rng.uniform(0, 0.3, 20):
            put(crack, click(rng, 150, 6000, 0.25), float(at), rng.uniform(0.2, 1))
        crack = roomy(rng, crack, 2.5, 0.6, 3000)
        out = out + near * crack / np.max(np.abs(crack))
    return np.asarray(out)


def near_thunder(rng: Random) -> Sound:
    """Right overhead, in the rain."""
    return thunder(rng, 9.0, 0.9) + 0.1 * rainfall(rng, 9.0, 300, 2.0)


def far_thunder(rng: Random) -> Sound:
    """Miles off, over an open field with a breath of wind."""
    field = band(white(rng, 10.0), 500, 6000, 1)
    return thunder(rng, 10.0, 0.0) + 0.033 * field / np.std(field)


BELL_AT = 52.0  # the second at which the distant bell of the thunderstorm begins


def thunderstorm(rng: Random) -> Sound:
    """Seventy-five seconds of a storm; at 52 s a far church bell strikes three times.

    Long on purpose: a search for the bell has to find the moment, not only the file.
    """
    duration = 75.0
    t = clock(duration)
    shared = silence(duration)
    for at, near, level in ((3.0, 0.4, 1.0), (17.0, 0.8, 1.2), (31.0, 0.0, 0.9), (63.5, 0.5, 1.1)):
        put(shared, thunder(rng, 10.0, near), at, level)
    bell = silence(duration)
    for stroke in range(3):
        put(bell, struck(523, CHURCH_BELL, 8.0, 6.5, 0.8, 0.86), BELL_AT + 2.6 * stroke)
    bell = roomy(rng, bell, 1.8, 0.3, 5000)
    # the rain draws back while the bell is heard, as it would between two showers
    shower = 0.12 + 0.04 * np.sin(t / 7) - 0.09 * np.exp(-(((t - BELL_AT - 4) / 5.5) ** 4))
    sides = []
    for _ in range(2):
        rain = np.tile(rainfall(rng, 15.0, 300, 2.0), 5)[: len(t)]
        sides.append(shared + shower * rain + 0.9 * bell / np.max(np.abs(bell)))
    return np.stack(sides, axis=1)
