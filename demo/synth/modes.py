"""Struck things: a body rings as a sum of decaying modes, each with its own pitch and decay.

The ratios are those of the physics texts (Fletcher and Rossing, The Physics of Musical
Instruments, 2nd ed.: bars 2.2 and 19, bells 21): they are what makes a bell a bell to the ear.
"""

from collections.abc import Sequence

import numpy as np

from demo.synth.signals import RATE, Random, Sound, band, clock, fall, white

# a free bar: chimes, glockenspiel, dropped metal
FREE_BAR = (1.0, 2.756, 5.404, 8.933, 13.34)
# a tuned church bell: hum, prime, tierce, quint, nominal and what lies above
CHURCH_BELL = (0.5, 1.0, 1.2, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433)
# a hemispherical gong as in telephones and bicycle bells
SMALL_BELL = (1.0, 2.65, 4.94, 7.64)


def struck(
    base: float,
    ratios: Sequence[float],
    t60: float,
    duration: float,
    damping: float = 1.0,
    brightness: float = 0.7,
) -> Sound:
    """Ring the modes: the higher the mode, the sooner it dies and (brightness < 1) the weaker."""
    t = clock(duration)
    out = np.zeros(len(t))
    for number, ratio in enumerate(ratios):
        frequency = base * ratio
        if frequency < 0.45 * RATE:
            decay = t60 / max(ratio, 0.3) ** damping
            phase = 2.4 * number  # fixed, so that partials do not all peak together
            out += (
                brightness**number
                * np.exp(-6.908 * t / decay)
                * np.sin(2 * np.pi * frequency * t + phase)
            )
    # hardness of the blow: a mode cannot start at full swing in no time
    return np.asarray(out * np.minimum(1.0, t / 0.0006))


def plate(rng: Random, low: float, high: float, count: int, t60: float, duration: float) -> Sound:
    """A sheet of metal or glass: many inharmonic modes, dense towards the top."""
    t = clock(duration)
    out = np.zeros(len(t))
    for frequency in low * (high / low) ** rng.uniform(0, 1, count):
        decay = t60 * (low / frequency) ** 0.4 * rng.uniform(0.5, 1.2)
        ring = np.exp(-6.908 * t / decay) * np.sin(2 * np.pi * frequency * t + rng.uniform(0, 6.28))
        out += ring * rng.uniform(0.2, 1.0)
    return np.asarray(out / np.sqrt(count))


def thud(rng: Random, frequency: float, t60: float, duration: float, noise: float = 0.5) -> Sound:
    """A soft body hit: one low mode that sags in pitch, and the muffled noise of the contact."""
    t = clock(duration)
    sag = frequency * (1 + 0.5 * np.exp(-t / 0.02))
    body = np.sin(2 * np.pi * np.cumsum(sag) / RATE) * fall(duration, t60)
    contact = band(white(rng, duration), 60, 8 * frequency) * fall(duration, t60 / 4)
    return np.asarray(body + noise * contact / (np.std(contact[: RATE // 100]) + 1e-9) * 0.5)


def click(rng: Random, low: float, high: float, t60: float) -> Sound:
    """A dry contact: band-limited noise that is gone at once."""
    duration = max(0.01, 1.2 * t60)
    x = band(white(rng, duration), low, high) * fall(duration, t60)
    return np.asarray(x / (np.max(np.abs(x)) + 1e-9))
