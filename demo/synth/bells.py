"""Bells, chimes and gongs: struck metal with known mode ratios (see modes)."""

import numpy as np

from demo.synth.modes import CHURCH_BELL, FREE_BAR, click, struck
from demo.synth.signals import (
    Random,
    Sound,
    clock,
    pressed,
    put,
    roomy,
    silence,
    strewn,
)


def church_bell(rng: Random) -> Sound:
    """A great bell tolled four times, heard from the churchyard."""
    out = silence(11.0)
    for stroke in range(4):
        put(
            out,
            struck(523, CHURCH_BELL, 9.0, 8.0, 0.8, 0.86),
            0.1 + 2.4 * stroke,
            rng.uniform(0.85, 1),
        )
        put(out, click(rng, 800, 6000, 0.03), 0.1 + 2.4 * stroke, 0.25)
    return roomy(rng, out, 1.6, 0.2)


def bicycle_bell(rng: Random) -> Sound:
    """Two pulls of the thumb: ten blows a second on a small gong, and the ratchet under it.

    No gong is perfectly round, so each mode is a pair a fiftieth apart: that is the shimmer.
    """
    out = silence(4.0)
    ring = struck(1760, (1.0, 1.02, 1.58, 2.65, 2.703, 3.9, 4.94), 0.617, 1.3, 0.41, 0.81)
    for start in (0.1, 1.7):
        for blow in range(13):
            at = start + 0.0989 * blow + rng.uniform(0, 0.006)
            put(out, ring, at, rng.uniform(0.3, 1))
            put(out, click(rng, 2200, 9000, 0.006), at, 0.61)
    return roomy(rng, out, 0.4, 0.03, 9000)


def wind_chimes(rng: Random) -> Sound:
    """Five free tubes on a pentatonic scale, struck as the wind has it."""
    duration = 8.0
    out = silence(duration)
    tubes = [struck(f, FREE_BAR, 3.0, 3.5, 0.6, 0.45) for f in (1047, 1175, 1319, 1568, 1760)]
    for at in np.cumsum(rng.exponential(0.22, 34)):
        put(out, tubes[rng.integers(5)], at, rng.uniform(0.15, 1))
    return roomy(rng, out, 1.0, 0.1)


def doorbell(rng: Random) -> Sound:
    """Ding-dong, twice: two bars a major third apart, each over a tuned tube."""
    out = silence(4.6)
    for at, pitch in ((0.1, 659.3), (0.75, 523.3), (2.2, 659.3), (2.85, 523.3)):
        put(out, struck(pitch, (1.0, 2.756, 5.404), 2.6, 1.7, 0.9, 0.4), at)
        put(out, click(rng, 1500, 5000, 0.01), at, 0.15)
    return roomy(rng, out, 0.5, 0.15)


def school_bell(rng: Random) -> Sound:
    """An electric bell: a hammer that interrupts its own current some fifteen times a second."""
    duration = 4.5
    out = silence(duration)
    ring = struck(880, (1.0, 1.76, 2.65, 3.5, 4.94), 0.7, 0.8, 0.5, 0.9)
    for blow in range(int((duration - 0.9) * 15)):
        put(out, ring, 0.05 + blow / 15 + rng.uniform(0, 0.004), rng.uniform(0.8, 1))
        put(out, click(rng, 1500, 8000, 0.01), 0.05 + blow / 15, 0.5)
    return roomy(rng, out, 1.2, 0.25)


def singing_bowl(rng: Random) -> Sound:
    """Each mode is a pair a hertz apart, for no bowl is perfectly round: hence the slow beating."""
    out = silence(9.0)
    for detune in (0.0, 0.9):
        put(out, struck(220 + detune, (1.0, 2.77, 5.18, 8.16), 12.0, 8.9, 0.6, 0.5), 0.05)
    contact = rng.standard_normal(len(out)) * np.exp(-clock(9.0) / 0.05)
    return np.asarray(out + 0.02 * np.std(out) * contact)


def sleigh_bells(rng: Random) -> Sound:
    """A strap of jingles shaken in trot: each shake sets dozens of little bells off."""
    duration = 5.0
    trot = 0.12 + (0.5 + 0.5 * np.cos(2 * np.pi * clock(duration) * 3.4)) ** 4
    out = silence(duration)
    for pitch in (3100.0, 3650.0, 4300.0, 5050.0):
        jingle = struck(pitch, (1.0, 1.68, 2.41), 0.16, 0.2, 0.4, 0.8)
        out += strewn(rng, duration, 45, jingle, 0.5) * trot
    return pressed(out, 2.5)


def hand_bell(rng: Random) -> Sound:
    """A table bell rung by hand: eager double strokes, one for each way the clapper swings."""
    out = silence(4.0)
    ring = struck(1480, (1.0, 2.0, 2.95, 4.2, 5.3), 1.1, 1.4, 0.6, 0.7)
    for stroke in range(13):
        put(out, ring, 0.1 + 0.19 * stroke + rng.uniform(-0.012, 0.012), rng.uniform(0.6, 1))
    return out


def coins(rng: Random) -> Sound:
    """Small change dropped on a table: each coin hops a few times, then spins down flat."""
    out = silence(4.0)
    for start in (0.1, 0.55, 0.8, 1.7):
        pitch = rng.uniform(3600, 5200)
        at, gap = start, rng.uniform(0.16, 0.24)
        while gap > 0.012:
            coin = struck(pitch, (1.0, 1.48, 2.31, 3.1), 0.22, 0.25, 0.4, 0.8)
            put(out, coin, at, 3 * gap * rng.uniform(0.7, 1))
            put(out, click(rng, 1500, 9000, 0.01), at, 3 * gap)
            at, gap = at + gap, gap * 0.8
    return roomy(rng, pressed(out, 4.0), 0.3, 0.1, 9000)
