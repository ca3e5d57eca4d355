"""Bangs: a front of pressure, then all that answers it. And rays, which are pure film."""

import numpy as np

from demo.synth.modes import click
from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    coloured,
    harmonics,
    pressed,
    put,
    roomy,
    silence,
    strewn,
    swell,
    swept,
    tone,
    white,
)


def _shot(rng: Random, length: float = 1.0) -> Sound:
    """Muzzle blast: a blow of some milliseconds over the whole band, then the low cloud."""
    t = clock(length)
    blast = band(white(rng, length), 194, 7700, 1) * np.exp(-t / 0.0095)
    cloud = band(white(rng, length), 60, 900, 1) * np.exp(-t / 0.12)
    return np.asarray(blast / np.max(np.abs(blast)) + 0.83 * cloud / np.max(np.abs(cloud)))


def gunshots(rng: Random) -> Sound:
    """Three shots in a yard whose walls answer."""
    out = silence(4.0)
    for at in (0.1, 1.2, 2.2):
        put(out, _shot(rng), at)
    return pressed(roomy(rng, out, 1.1, 0.6, 2700), 3.8)


def machine_gun(rng: Random) -> Sound:
    """Eleven rounds a second in bursts."""
    out = silence(4.5)
    for start, rounds in ((0.1, 12), (1.9, 20)):
        for number in range(rounds):
            put(out, _shot(rng, 0.4), start + number / 11, rng.uniform(0.85, 1))
    return roomy(rng, out, 1.0, 0.2)


def explosion(rng: Random) -> Sound:
    """A bang, a fireball that rumbles on for seconds, and debris that comes down."""
    duration = 5.0
    t = clock(duration)
    bang = band(white(rng, duration), 40, 9000, 1) * np.exp(-t / 0.146)
    fireball = swept(
        coloured(rng, duration, 0.47), 213 + 1790 * np.exp(-t / 0.767), 1.35, np.exp(-t / 0.847)
    )
    debris = strewn(rng, duration, 60, click(rng, 300, 4000, 0.03), 0.9) * np.exp(
        -(((t - 1.8) / 0.8) ** 2)
    )
    out = (
        bang / np.max(np.abs(bang))
        + fireball / np.max(np.abs(fireball))
        + 0.0106 * debris / np.std(debris)
    )
    return roomy(rng, pressed(out, 3.32), 2.5, 0.12, 3000)


def fireworks(rng: Random) -> Sound:
    """Rockets: the whistle up, the report, and the crackling stars."""
    out = silence(9.0)
    for start in (0.1, 2.6, 5.0):
        t = clock(1.1)
        rise = tone(1500 + 1700 * t, 1.1) * swell(1.1, 0.1, 0.3) + 0.2 * band(
            white(rng, 1.1), 1500, 6000
        )
        put(out, rise, start, 0.12)
        bang = roomy(rng, np.concatenate([_shot(rng), silence(0.8)]), 1.6, 0.4)
        put(out, bang, start + 1.2, 1.0)
        stars = strewn(rng, 1.6, 90, click(rng, 900, 9000, 0.02), 0.8) * swell(1.6, 0.1, 1.2)
        put(out, stars / np.max(np.abs(stars)), start + 1.75, 0.4)
    return roomy(rng, out, 1.2, 0.15)


def cannon(rng: Random) -> Sound:
    """One gun across a valley: the blow, and the hills one after another."""
    out = silence(5.0)
    t = clock(2.0)
    boom = band(coloured(rng, 2.0, 1.0), 40, 1500, 1) * np.exp(-t / 0.3)
    for at, level in ((0.05, 1.0), (1.1, 0.35), (1.9, 0.2)):
        put(out, boom / np.max(np.abs(boom)), at, level)
        put(out, _shot(rng), at, 0.8 * level)
    return pressed(roomy(rng, out, 2.5, 0.5, 1800), 3.0)


def laser_zaps(_: Random) -> Sound:
    """The film's ray gun: a struck cable, high frequencies first, so a fall from 5 kHz."""
    out = silence(3.0)
    for number, at in enumerate((0.1, 0.5, 0.9, 1.6, 1.8, 2.0)):
        t = clock(0.35)
        pitch = 180 + (4800 + 300 * (number % 3)) * np.exp(-t / 0.055)
        put(out, harmonics(pitch, [1, 0.5, 0.35, 0.25, 0.2], 0.35) * np.exp(-t / 0.1), at)
    return out


def arrow(rng: Random) -> Sound:
    """String, flight, and the shaft quivering in the target."""
    out = silence(2.4)
    for start in (0.1, 1.3):
        put(out, tone(140, 0.2) * np.exp(-clock(0.2) / 0.04), start, 0.4)
        t = clock(0.4)
        flight = swept(
            white(rng, 0.4),
            2500 + 3000 * np.exp(-(((t - 0.2) / 0.08) ** 2)),
            0.8,
            np.exp(-(((t - 0.2) / 0.09) ** 2)),
        )
        put(out, flight / np.max(np.abs(flight)), start, 0.8)
        put(out, click(rng, 200, 5000, 0.03), start + 0.42, 1.0)
        quiver = tone(46, 0.5) * np.exp(-clock(0.5) / 0.12) * band(white(rng, 0.5), 100, 900) * 0.6
        put(out, quiver, start + 0.42)
    return out
