"""About the house: doors, glass, dishes, paper."""

import numpy as np

from demo.synth.modes import click, plate, struck
from demo.synth.signals import (
    Random,
    Sound,
    band,
    coloured,
    fall,
    pressed,
    put,
    roomy,
    silence,
    tone,
    white,
)


def knocking(rng: Random) -> Sound:
    """Knuckles on a wooden door: a dull broad blow, for the panel damps its own modes at once."""
    out = silence(4.0)
    for start in (0.15, 1.9):
        for blow in range(3):
            at = start + 0.281 * blow + rng.normal(0, 0.006)
            panel = band(white(rng, 0.2), 93, 713) * fall(0.2, 0.173)
            put(out, panel / np.max(np.abs(panel)), at, rng.uniform(0.8, 1))
            put(out, click(rng, 415, 5900, 0.009), at, 0.135)
            put(out, tone(148, 0.2) * fall(0.2, 0.26), at, 0.23)
    return pressed(roomy(rng, out, 0.4, 0.19), 9.0) + 0.0007 * coloured(rng, 4.0, 1.0)


def door_slam(rng: Random) -> Sound:
    """Leaf against frame, the latch, and the hall that answers."""
    out = silence(2.0)
    for late, low, high, t60, level in (
        (0.0, 60, 900, 0.25, 1.0),
        (0.0, 200, 5000, 0.08, 0.8),
        (0.05, 900, 6000, 0.03, 0.4),
    ):
        hit = band(white(rng, 0.4), low, high, 1) * fall(0.4, t60)
        put(out, hit / np.max(np.abs(hit)), 0.1 + late, level)
    return roomy(rng, pressed(out, 5.0), 1.0, 0.3, 2500)


def breaking_glass(rng: Random) -> Sound:
    """The burst, then shards that fall, ring and skitter, fewer and fewer."""
    out = silence(2.8)
    put(out, click(rng, 1500, 15_000, 0.08), 0.1, 1.0)
    put(out, plate(rng, 2200, 13_000, 60, 0.3, 0.5), 0.1, 0.8)
    for at in 0.12 + rng.exponential(0.45, 70):
        shard = struck(
            rng.uniform(2400, 9000), (1.0, 1.73, 2.51), rng.uniform(0.05, 0.25), 0.25, 0.4, 0.7
        )
        put(out, shard, float(at), rng.uniform(0.05, 0.5) * np.exp(-float(at)))
        put(out, click(rng, 3000, 12_000, 0.01), float(at), 0.12)
    return roomy(rng, out, 0.5, 0.1, 10_000)


def clinking_glasses(rng: Random) -> Sound:
    out = silence(3.2)
    for at in (0.1, 1.15, 1.3, 2.2):
        for pitch in (rng.uniform(2000, 2600), rng.uniform(2700, 3300)):
            put(
                out,
                struck(pitch, (1.0, 2.32, 4.25, 6.63), 0.9, 1.0, 0.6, 0.5),
                at,
                rng.uniform(0.6, 1),
            )
    return roomy(rng, out, 0.4, 0.08, 10_000)


def dishes(rng: Random) -> Sound:
    """Plates and cutlery being put away."""
    out = silence(6.0)
    for at in np.sort(rng.uniform(0.1, 5.6, 26)):
        kind = rng.uniform()
        if kind < 0.55:
            put(
                out,
                struck(rng.uniform(900, 1900), (1.0, 1.55, 2.6, 3.9, 5.2), 0.25, 0.3, 0.4, 0.85),
                float(at),
                rng.uniform(0.3, 1),
            )
        else:
            put(
                out,
                struck(rng.uniform(2800, 4800), (1.0, 2.1, 3.0), 0.3, 0.3, 0.4, 0.8),
                float(at),
                rng.uniform(0.15, 0.5),
            )
        put(out, click(rng, 1200, 9000, 0.015), float(at), rng.uniform(0.3, 0.8))
    return roomy(rng, out, 0.4, 0.12, 9000)


def hammering(rng: Random) -> Sound:
    """A nail into a plank: metal rings, wood booms; as it goes in, the ring rises."""
    out = silence(4.2)
    for blow in range(7):
        at = 0.15 + 0.54 * blow + rng.normal(0, 0.01)
        put(out, struck(1500 + 130 * blow, (1.0, 2.1, 3.4, 5.0), 0.09, 0.15, 0.5, 0.8), at, 0.3)
        wood = band(white(rng, 0.2), 150, 1200, 1) * fall(0.2, 0.09)
        put(out, wood / np.max(np.abs(wood)), at, 0.8)
        put(out, click(rng, 600, 9000, 0.03), at, 1.0)
    return roomy(rng, pressed(out, 7.0), 0.5, 0.2)
