"""Signals made by circuits: reference noises, Morse, static, and the beeps of games."""

import numpy as np

from demo.synth.signals import (
    Random,
    Sound,
    band,
    clock,
    coloured,
    harmonics,
    put,
    silence,
    strewn,
    swell,
    swept,
    tone,
    wander,
    white,
)

_MORSE = {"S": "...", "O": "---", "F": "..-.", "U": "..-", "N": "-.", "D": "-.."}


def white_noise(rng: Random) -> Sound:
    return white(rng, 5.0)


def pink_noise(rng: Random) -> Sound:
    return coloured(rng, 5.0, 1.0)


def sweep(_: Random) -> Sound:
    """A test sweep from 20 Hz to 16 kHz, an equal time for each octave."""
    duration = 6.0
    return tone(20 * (16_000 / 20) ** (clock(duration) / duration), duration)


def test_tone(_: Random) -> Sound:
    return tone(1000, 4.0)


def morse(rng: Random) -> Sound:
    """SOS FOUND at 18 words a minute: a dot lasts 1.2 s over the speed (ITU-R M.1677)."""
    dot, at = 1.2 / 18, 0.15
    out = silence(7.2)
    for letter in "SOSFOUND":
        for sign in _MORSE[letter]:
            length = dot if sign == "." else 3 * dot
            put(out, tone(700, length) * swell(length, 0.005, 0.005), at)
            at += length + dot
        at += 2 * dot
    return (
        out[: round((at + 0.1) * 44_100)]
        + 0.01 * band(white(rng, at + 0.1), 300, 2500)[: round((at + 0.1) * 44_100)]
    )


def radio_static(rng: Random) -> Sound:
    """Between stations: hiss, crackle, and a carrier that whistles by."""
    duration = 6.0
    t = clock(duration)
    hiss = band(white(rng, duration), 200, 4500) * wander(rng, duration, 5, 0.5, 1.1)
    crackle = strewn(rng, duration, 30, band(white(rng, 0.01), 500, 5000), 0.8)
    whistle = tone(300 + 2600 * np.abs(t - 3.2) / 3.2, duration) * np.exp(-(((t - 3.2) / 0.7) ** 2))
    return np.asarray(hiss / np.std(hiss) + 0.4 * crackle / np.std(crackle) + 0.5 * whistle)


def game_over(_: Random) -> Sound:
    """An arcade tune on two square waves, downwards, as it must be."""
    out = silence(3.6)
    square = [1 / n if n % 2 else 0.0 for n in range(1, 14)]
    for step, pitch in enumerate((784, 740, 698, 659, 622, 587, 392, 262)):
        length = 0.7 if step == 7 else 0.28
        note = harmonics(pitch, square, length) + 0.5 * harmonics(pitch / 2, square, length)
        put(out, note * swell(length, 0.004, 0.06), 0.1 + 0.34 * step)
    return out


def robot_chatter(rng: Random) -> Sound:
    """Beeps and swoops in a hurry: pitch jumps, glides and trills at random."""
    out = silence(4.5)
    at = 0.1
    while at < 4.1:
        length = rng.uniform(0.05, 0.22)
        t = clock(length)
        start, end = rng.uniform(500, 3200, 2)
        curve = (
            start
            * (end / start) ** (t / length)
            * (1 + 0.08 * np.sin(2 * np.pi * rng.uniform(15, 60) * t))
        )
        put(out, harmonics(curve, [1, 0.2, 0.1], length) * swell(length, 0.01, 0.02), at)
        at += length + rng.uniform(0.01, 0.12)
    return out


def whoosh(rng: Random) -> Sound:
    """Something passes close: a band of air that rises, brightens and is gone; three times."""
    out = silence(4.0)
    for start in (0.1, 1.4, 2.7):
        t = clock(1.0)
        pass_by = np.exp(-(((t - 0.5) / 0.16) ** 2))
        air = swept(white(rng, 1.0), 300 + 1900 * pass_by, 0.9, pass_by)
        put(out, air / np.max(np.abs(air)), start)
    return out
