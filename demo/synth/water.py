"""Water: a sound of bubbles.

A bubble of radius r rings at about 3/r Hz and is damped by 0.13/r + 0.0072 r^-1.5, its pitch
rising as it nears the surface (K. van den Doel, Physically based models for liquid sounds, 2005).
"""

import numpy as np

from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    coloured,
    put,
    roomy,
    silence,
    strewn,
    swell,
    swept,
    wander,
    white,
)


def bubble(radius: float, rise: float) -> Sound:
    """One bubble; `rise` is how fast its pitch climbs."""
    base = 3.0 / radius
    damping = 0.13 / radius + 0.0072 * radius**-1.5
    t = clock(min(0.25, 7.0 / damping))
    phase = 2 * np.pi * base * (t + rise * damping * t**2 / 2)
    return np.asarray(np.sin(phase) * np.exp(-damping * t))


def bubbling(
    rng: Random, duration: float, per_second: float, radii: tuple[float, float], rise: float
) -> Sound:
    """Bubbles of all sizes between two radii in metres; small ones are many and weak."""
    out = silence(duration)
    low, high = radii
    for at in rng.uniform(0, duration, rng.poisson(per_second * duration)):
        radius = low * (high / low) ** rng.beta(1.2, 2.0)
        level = (radius / high) ** 0.8 * np.exp(0.5 * rng.standard_normal())
        put(out, bubble(radius, rise * rng.uniform(0, 1)), at, level)
    return np.asarray(out / (np.std(out) + 1e-9))


def stream(rng: Random) -> Sound:
    flow = band(white(rng, 9.0), 400, 5000, 1) * wander(rng, 9.0, 3.0, 0.6, 1.2)
    return bubbling(rng, 9.0, 420, (0.0007, 0.006), 0.12) + 0.45 * flow / np.std(flow)


def dripping(rng: Random) -> Sound:
    """A tap over a basin in a tiled room: one bubble a second, each answered by the room."""
    out = silence(7.0)
    for beat in range(6):
        at = 0.3 + 1.1 * beat + rng.uniform(-0.05, 0.05)
        put(out, bubble(rng.uniform(0.0022, 0.0030), 0.25), at)
        put(out, bubble(rng.uniform(0.0012, 0.0018), 0.3), at + rng.uniform(0.03, 0.06), 0.4)
    return roomy(rng, out, 1.2, 0.25)


def gurgling(rng: Random) -> Sound:
    """A basin running empty: large bubbles in gulps."""
    gulps = np.clip(wander(rng, 7.0, 7.0, -0.4, 1.1), 0.05, 1)
    big = bubbling(rng, 7.0, 70, (0.003, 0.012), 0.35) * gulps
    return roomy(rng, big + 0.25 * bubbling(rng, 7.0, 150, (0.001, 0.003), 0.2), 0.5, 0.2)


def pouring(rng: Random) -> Sound:
    """A glass being filled: the air column above the water gets shorter, so its tone climbs."""
    duration = 6.0
    t = clock(duration)
    splash = bubbling(rng, duration, 457, (0.0005, 0.004), 0.106)
    air = swept(white(rng, duration), 327 + 2070 * (t / duration) ** 2, 0.32, 1.0)
    hiss = band(white(rng, duration), 1500, 8000, 1)
    out = splash + 0.32 * air / np.std(air) + 0.34 * hiss / np.std(hiss)
    return np.asarray(out * wander(rng, duration, 2.2, 0.5, 1.0) * swell(duration, 0.15, 0.5))


def sea(rng: Random) -> Sound:
    """Waves on a beach: each swells, breaks bright and draws back as hissing foam."""
    duration = 12.0
    t = clock(duration)
    sides = []
    for _ in range(2):
        roar = np.zeros(len(t))
        for at in (2.2, 6.6, 10.2):
            moved = t - at - rng.uniform(-0.15, 0.15)
            roar += np.exp(-((np.minimum(moved, 0) / 1.2) ** 2)) * np.exp(
                -np.maximum(moved, 0) / 1.5
            )
        wave = swept(white(rng, duration), 380 + 450 * roar, 0.9, 0.35 + 0.65 * roar)
        foam = band(white(rng, duration), 1500, 6000, 1) * (0.25 + 0.75 * roar) ** 2
        sides.append(wave / np.std(wave) + 0.22 * foam / np.std(foam))
    return np.stack(sides, axis=1)


def splash(rng: Random) -> Sound:
    """A body into water: the slap, the spray falling back, and the cavity's late bubbles."""
    duration = 3.0
    t = clock(duration)
    slap = band(white(rng, duration), 150, 7000, 1) * np.exp(-t / 0.12) * np.minimum(1, t / 0.004)
    spray = strewn(rng, duration, 700, bubble(0.0012, 0.2), 0.7) * np.exp(-((t - 0.5) ** 2) / 0.25)
    late = bubbling(rng, duration, 90, (0.002, 0.008), 0.3) * np.exp(-((t - 0.35) ** 2) / 0.12)
    return np.asarray(slap / np.max(np.abs(slap)) + 0.12 * spray / np.std(spray) + 0.12 * late)


def waterfall(rng: Random) -> Sound:
    fall = band(coloured(rng, 8.0, 0.6), 80, 9000, 1) * wander(rng, 8.0, 4.0, 0.9, 1.1)
    return fall / np.std(fall) + 0.35 * bubbling(rng, 8.0, 500, (0.0008, 0.005), 0.1)
