"""Footsteps: heel, then sole; what lies underfoot makes the difference."""

from collections.abc import Callable

import numpy as np

from demo.synth.modes import click
from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    fall,
    pressed,
    put,
    roomy,
    silence,
    strewn,
    white,
)

Step = Callable[[Random], Sound]


def _walk(rng: Random, step: Step, pace: float, count: int) -> Sound:
    """Left and right are never quite alike, nor quite in time."""
    out = silence(pace * count + 0.6)
    for number in range(count):
        level = rng.uniform(0.75, 1.0) * (1.0 if number % 2 else 0.85)
        put(out, step(rng), 0.1 + pace * number + rng.normal(0, 0.012), level)
    return out


def _grains(rng: Random, length: float, density: float, low: float, high: float) -> Sound:
    """Stones or snow shifting under a load that comes on with the heel and rolls to the toe."""
    t = clock(length)
    load = np.exp(-(((t - 0.06) / 0.045) ** 2)) + 0.8 * np.exp(-(((t - 0.22) / 0.07) ** 2))
    grains = strewn(rng, length, density, click(rng, low, high, 0.008), 0.9) * load
    return np.asarray(grains / (np.max(np.abs(grains)) + 1e-9))


def gravel(rng: Random) -> Sound:
    return _walk(rng, lambda r: _grains(r, 0.42, 1100, 1200, 9000), 0.58, 11)


def snow(rng: Random) -> Sound:
    """Crystals break in a dense, dull crunch with a hint of creak."""

    def step(r: Random) -> Sound:
        crunch = _grains(r, 0.45, 4000, 500, 4200)
        creak = _grains(r, 0.45, 220, 250, 1100)
        return np.asarray(crunch + 0.5 * creak)

    return _walk(rng, step, 0.66, 9)


def wooden_floor(rng: Random) -> Sound:
    """Boots on boards: heel, then sole, each a broad knock that the boards soon swallow."""

    def step(r: Random) -> Sound:
        out = silence(0.4)
        for late, level in ((0.0, 1.0), (0.1, 0.4)):
            board = band(white(r, 0.25), 191, 640) * fall(0.25, 0.07)
            put(out, board / np.max(np.abs(board)), late, level)
            put(out, click(r, 774, 7360, 0.044), late, 0.34 * level)
        return out

    return pressed(roomy(rng, _walk(rng, step, 0.598, 10), 0.66, 0.19), 8.0)
