"""Fire and steam: crackles of bursting wood over the breath of the flames; a jet of vapour."""

import numpy as np

from demo.synth.modes import click
from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    coloured,
    fall,
    pressed,
    strewn,
    wander,
    white,
)


def campfire(rng: Random) -> Sound:
    """Crackles come in flurries, and a few are far louder than the rest (log-normal)."""
    duration = 9.0
    flurry = np.clip(wander(rng, duration, 2.5, -0.3, 1.2), 0.05, 1.2)
    fine = strewn(rng, duration, 303, click(rng, 2500, 11_000, 0.0024), 1.1) * flurry
    snaps = strewn(rng, duration, 31, click(rng, 600, 7000, 0.02), 0.7)
    breath = band(coloured(rng, duration, 0.8), 277, 3700, 1) * wander(rng, duration, 5.0, 0.5, 1.2)
    fire = fine / np.std(fine) + 0.9 * snaps / np.std(snaps) + 0.29 * breath / np.std(breath)
    return pressed(fire, 9.0)


def steam(rng: Random) -> Sound:
    """Two blasts from a valve: broad hiss, with the spit of droplets in it."""
    duration = 5.0
    t = clock(duration)
    spit = strewn(
        rng, duration, 2600, band(white(rng, 0.02), 1500, 12_000) * fall(0.02, 0.008), 0.5
    )
    jet = band(white(rng, duration), 700, 9500, 1)
    pressure = np.where(t < 2.1, np.exp(-t / 2.5), np.exp(-(t - 2.1) / 2.0))
    pressure *= 1 - np.exp(-(((t - 2.1) / 0.12) ** 2))
    return np.asarray((spit / np.std(spit) + 1.3 * jet / np.std(jet)) * pressure)


def match(rng: Random) -> Sound:
    """The scrape along the box, the flare, and the small flame after it."""
    duration = 2.6
    t = clock(duration)
    scrape = band(white(rng, duration), 2500, 9000) * np.exp(-(((t - 0.25) / 0.09) ** 2))
    flare = band(white(rng, duration), 300, 6000, 1) * (t > 0.34) * np.exp(-(t - 0.34) / 0.35)
    flare *= wander(rng, duration, 40.0, 0.4, 1.2)
    return np.asarray(scrape / np.std(scrape) * 0.3 + flare / np.std(flare))
