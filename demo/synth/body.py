"""People: hearts, breath and hands."""

import numpy as np

from demo.synth.modes import click
from demo.synth.signals import (
    RATE,
    Random,
    Sound,
    band,
    clock,
    harmonics,
    pressed,
    put,
    resonant,
    roomy,
    silence,
    swell,
    swept,
    tone,
    white,
)


def heartbeat(rng: Random) -> Sound:
    """Lub-dub at 66 a minute: the valves between the chambers, then, shorter, those going out."""
    out = silence(8.0)
    for beat in range(8):
        at = 0.1 + 0.91 * beat + rng.normal(0, 0.01)
        for late, pitch, length, level in ((0.0, 52, 0.17, 1.0), (0.3, 70, 0.13, 0.6)):
            knock = band(white(rng, length), 30, 130) * swell(length, 0.4 * length, 0.6 * length)
            body = tone(pitch, length) * swell(length, 0.35 * length, 0.65 * length)
            put(out, 0.5 * knock / np.std(knock) + body, at + late, level)
    return out + 0.03 * band(white(rng, 8.0), 30, 300, 1)


def applause(rng: Random) -> Sound:
    """Some hundred and forty people, each clapping at an own pace, in a hall; it starts and ebbs.

    A few sit near and most far off, so levels fall steeply from the first rows to the last.
    """
    duration = 9.0
    sides = [silence(duration), silence(duration)]
    for _ in range(140):
        peaks = [(rng.uniform(752, 2150), 2.4, 1.0), (rng.uniform(2200, 3800), 2.4, 0.5)]
        ring = resonant(click(rng, 490, 4250, 0.123), peaks, 0.3)
        clap = ring / np.max(np.abs(ring))
        start, stop = rng.uniform(0, 0.4), rng.uniform(7.5, 8.9)
        pan, level = rng.uniform(0.15, 0.85), rng.uniform(0.1, 1) ** 3.9
        beats = np.arange(start, stop, rng.uniform(0.18, 0.32))
        for at in beats + rng.normal(0, 0.02, len(beats)):
            put(sides[0], clap, float(at), level * np.sqrt(1 - pan))
            put(sides[1], clap, float(at), level * np.sqrt(pan))
    return np.stack([pressed(roomy(rng, side, 1.2, 0.28), 5.0) for side in sides], axis=1)


def whistling(rng: Random) -> Sound:
    """Lips: an almost pure tone with breath about it, slurred from note to note."""
    notes = (
        (0.4, 1568),
        (0.2, 1568),
        (0.2, 1760),
        (0.4, 1568),
        (0.4, 2093),
        (0.8, 1976),
        (0.3, 1568),
        (0.3, 1760),
        (0.4, 1568),
        (0.4, 2349),
        (1.0, 2093),
    )
    steps = np.concatenate([np.full(round(length * RATE), float(pitch)) for length, pitch in notes])
    edges = np.concatenate([swell(length, 0.03, 0.05) for length, _ in notes])
    size = min(len(steps), len(edges))
    smooth = np.convolve(
        np.pad(steps[:size], 800, mode="edge"),
        np.hanning(1601) / np.hanning(1601).sum(),
        mode="valid",
    )
    duration = size / RATE
    pitch = smooth[:size] * (1 + 0.008 * np.sin(2 * np.pi * 5.5 * clock(duration)[:size]))
    body = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    breath = swept(white(rng, duration)[:size], pitch, 0.25, 1.0)
    return roomy(
        rng,
        np.asarray((body + 0.08 * breath / np.std(breath)) * (0.15 + 0.85 * edges[:size])),
        0.7,
        0.15,
    )


def crowd(rng: Random) -> Sound:
    """A small stand cheering: voices calling open vowels, each with its own rise and fall."""
    duration = 8.0
    out = silence(duration)
    for _ in range(45):
        length = rng.uniform(0.5, 1.6)
        u = clock(length) / length
        pitch = rng.uniform(276, 448) * (1 + rng.uniform(0.05, 0.35) * np.sin(np.pi * u) - 0.15 * u)
        call = harmonics(pitch, [1 / n**0.7 for n in range(1, 10)], length)
        at = float(rng.uniform(0, duration - 0.6))
        put(out, call * swell(length, 0.1, 0.3 * length), at, rng.uniform(0.1, 1))
    vowel = resonant(out, [(729, 5.9, 1.0), (1150, 5.9, 0.8), (2800, 6.0, 0.4)], 0.02)
    roar = resonant(white(rng, duration), [(656, 2.0, 1.0), (1150, 2.5, 0.6)], 0.05)
    return roomy(rng, vowel / np.std(vowel) + 0.49 * roar / np.std(roar), 1.5, 0.06)
