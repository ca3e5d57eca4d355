"""Machines about the house and workshop: motors that whine, teeth that rasp, clocks that tick."""

import numpy as np

from demo.synth.modes import click, struck
from demo.synth.signals import (
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
    swept,
    wander,
    white,
)
from demo.synth.vehicles import engine


def _run(duration: float, start: float, stop: float) -> Sound:
    """A motor's speed from 0 to 1: quick to start, slow to run down."""
    t = clock(duration)
    up = 1 - np.exp(-np.maximum(t - 0.1, 0) / start)
    end = duration - 4 * stop
    return np.asarray(np.where(t < end, up, np.exp(-np.maximum(t - end, 0) / stop)))


def vacuum_cleaner(rng: Random) -> Sound:
    """Fan, brushes and bearings, none quite in tune with another, through hose and nozzle."""
    speed = _run(7.0, 0.3, 0.22)
    motor = silence(7.0)
    for _ in range(27):
        unsteady = 1 + 0.004 * wander(rng, 7.0, 8, -1, 1)
        motor += harmonics(
            rng.uniform(221, 542) * speed * unsteady + 2, [1 / n**1.2 for n in range(1, 9)], 7.0
        )
    tube = resonant(motor, [(686, 3.5, 1.0), (1120, 3.5, 0.8), (2700, 6.0, 0.35)], 0.02)
    air = band(white(rng, 7.0), 575, 3150, 1)
    return roomy(rng, (tube / np.std(tube) + 0.37 * air / np.std(air)) * speed, 1.5, 0.35)


def drill(rng: Random) -> Sound:
    """Gears whine with speed; twice the bit bites, and the load pulls the pitch down."""
    duration = 6.0
    t = clock(duration)
    bite = np.exp(-(((t - 2.2) / 0.6) ** 2)) + np.exp(-(((t - 4.2) / 0.5) ** 2))
    speed = _run(duration, 0.15, 0.12) * (1 - 0.12 * bite)
    air = swept(white(rng, duration), 900 + 2200 * speed, 1.6, speed**1.5 * (0.5 + bite))
    gears = harmonics(470 * speed + 2, [0.6, 1, 0.3, 0.5, 0.2, 0.2], duration) * speed
    return np.asarray(air / np.std(air) + 0.3 * gears)


def chainsaw(rng: Random) -> Sound:
    """A small two-stroke: idling, then twice at full throttle into the wood."""
    t = clock(8.0)
    throttle = 1 / (1 + np.exp(-(t - 1.2) * 9)) - 0.7 / (1 + np.exp(-(t - 4.2) * 9))
    throttle = throttle + 0.7 / (1 + np.exp(-(t - 5.0) * 9))
    rate = 50 + 75 * throttle + wander(rng, 8.0, 10, -5, 5)
    pipe = ((260, 3.0, 0.8), (560, 3.0, 1.0), (1200, 3.0, 1.0), (2400, 2.5, 0.7), (4200, 2.0, 0.4))
    return np.asarray(engine(rng, rate, pipe, 0.02, 0.35) * (0.4 + 0.6 * throttle))


def ticking_clock(rng: Random) -> Sound:
    """Tick and tock differ, for the two pallets of an escapement strike differently."""
    out = silence(8.0)
    for beat in range(16):
        low = 1500 if beat % 2 else 2300
        put(out, click(rng, low, 9000, 0.02), 0.1 + 0.5 * beat, 1.0 if beat % 2 else 0.8)
        put(out, click(rng, low, 7000, 0.03), 0.118 + 0.5 * beat, 0.5)
        put(out, struck(2 * low, (1.0, 1.62, 2.3), 0.06, 0.08), 0.1 + 0.5 * beat, 0.15)
    return pressed(out, 5.0) + 0.0015 * coloured(rng, 8.0, 1.0)


def sawing(rng: Random) -> Sound:
    """Push and pull, five strokes in two seconds: the blade rasps, the plank answers broadly."""
    duration = 6.5
    t = clock(duration)
    stroke = np.abs(np.sin(np.pi * t / 0.387)) ** 0.7 * np.where((t / 0.387) % 2 < 1, 1.0, 0.71)
    rasp = swept(white(rng, duration), 412 + 658 * stroke, 1.35, 0.035 + stroke)
    return resonant(rasp, [(632, 2.4, 0.8), (1740, 2.4, 0.8)], 0.51)


def typing(rng: Random) -> Sound:
    """Each key speaks twice, going down and coming up; the space bar is lower."""
    out = silence(6.0)
    at = 0.15
    while at < 5.8:
        low = 500 if rng.uniform() < 0.17 else rng.uniform(1200, 2000)
        put(out, click(rng, low, 9000, 0.02), at, rng.uniform(0.5, 1))
        put(out, click(rng, 2000, 8000, 0.012), at + rng.uniform(0.05, 0.09), rng.uniform(0.2, 0.4))
        put(out, struck(rng.uniform(900, 1300), (1.0, 2.3), 0.03, 0.04), at, 0.2)
        at += rng.uniform(0.07, 0.17) + (0.25 if rng.uniform() < 0.06 else 0)
    return roomy(rng, pressed(out, 9.0), 0.15, 0.08) + 0.003 * coloured(rng, 6.0, 1.0)
