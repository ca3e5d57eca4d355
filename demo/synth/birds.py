"""Birds: whistles that glide; a syllable is a frequency curve and a loudness curve."""

import numpy as np

from demo.synth.signals import (
    RATE,
    Random,
    Sound,
    band,
    clock,
    coloured,
    harmonics,
    put,
    resonant,
    roomy,
    silence,
    swell,
    tone,
    white,
)


def _glide(start: float, end: float, duration: float, bend: float = 0.0) -> Sound:
    """A whistled syllable from one pitch to another; `bend` arches it upwards."""
    u = clock(duration) / duration
    pitch = start * (end / start) ** u * (1 + bend * np.sin(np.pi * u))
    body = tone(pitch, duration) + 0.08 * tone(2 * pitch, duration)
    return np.asarray(body * swell(duration, 0.25 * duration, 0.4 * duration))


def _outdoors(rng: Random, x: Sound) -> Sound:
    """Woodland: a short scattered echo and a little air."""
    air = coloured(rng, len(x) / RATE, 1.0)
    return np.asarray(roomy(rng, x, 0.9, 0.12) + 0.004 * np.max(np.abs(x)) * air)


def songbird(rng: Random) -> Sound:
    """Phrases of repeated syllables with rests between, as a warbler or a canary sings."""
    out = silence(8.0)
    at = 0.2
    while at < 7.2:
        start, end = rng.uniform(2600, 5600), rng.uniform(2600, 6400)
        length, bend = rng.uniform(0.05, 0.14), rng.uniform(-0.15, 0.3)
        for _ in range(int(rng.integers(2, 8))):
            put(out, _glide(start, end, length, bend), at, rng.uniform(0.6, 1))
            at += length + rng.uniform(0.02, 0.05)
        at += rng.uniform(0.1, 0.45)
    return _outdoors(rng, out)


def dawn_chorus(rng: Random) -> Sound:
    """Several songbirds at different distances, left and right."""
    duration = 10.0
    sides = [silence(duration), silence(duration)]
    for singer in range(7):
        far = 1 / (1 + 0.6 * singer)
        pan = rng.uniform(0.05, 0.95)
        low = rng.uniform(2200, 4200)
        motif = [
            (low * rng.uniform(0.8, 1.5), low * rng.uniform(0.8, 1.5), rng.uniform(0.05, 0.18))
            for _ in range(5)
        ]
        at = rng.uniform(0, 1.5)
        while at < duration - 1:
            for start, end, length in motif:
                note = _glide(start, end, length, 0.1)
                put(sides[0], note, at, far * np.sqrt(1 - pan))
                put(sides[1], note, at, far * np.sqrt(pan))
                at += length + 0.04
            at += rng.uniform(0.5, 2.0)
    return np.stack([_outdoors(rng, side) for side in sides], axis=1)


def crow(rng: Random) -> Sound:
    """Caws: a rough voice near 500 Hz through a hard throat, the pitch arching."""
    out = silence(5.5)
    for call in range(4):
        length = rng.uniform(0.3, 0.4)
        u = clock(length) / length
        pitch = (
            470
            * (1 + 0.14 * np.sin(np.pi * u))
            * (1 + 0.06 * np.sign(np.sin(2 * np.pi * 72 * clock(length))))
        )
        voice = harmonics(pitch, [1 / n**0.35 for n in range(1, 18)], length)
        voice = voice * (1 + 0.8 * band(white(rng, length), 30, 300) / 0.12 * 0.3)
        caw = resonant(voice, [(1350, 4.0, 1.0), (1900, 5.0, 0.8), (3300, 5.0, 0.35)], 0.03)
        put(out, caw * swell(length, 0.04, 0.12), 0.2 + 0.62 * call + (0.9 if call > 2 else 0))
    return _outdoors(rng, out)


def chicks(rng: Random) -> Sound:
    """A box of day-old chicks: falling peeps from 4.5 to 3 kHz, all talking at once."""
    out = silence(6.0)
    for at in np.sort(rng.uniform(0.05, 5.8, 62)):
        start = rng.uniform(4000, 5200)
        length = rng.uniform(0.09, 0.16)
        put(
            out,
            _glide(start, start * rng.uniform(0.6, 0.72), length, 0.08),
            float(at),
            rng.uniform(0.15, 1),
        )
    return roomy(rng, out, 0.3, 0.1)
