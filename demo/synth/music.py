"""Instruments: strings that decay, pipes that do not, skins and plates."""

import numpy as np

from demo.synth.modes import click, plate, struck, thud
from demo.synth.signals import (
    RATE,
    Random,
    Sound,
    band,
    clock,
    harmonics,
    put,
    resonant,
    roomy,
    silence,
    swell,
    wander,
    white,
)


def plucked(rng: Random, pitch: float, duration: float, damping: float = 0.996) -> Sound:
    """Karplus and Strong (1983): a burst of noise goes round a delay line and is smoothed there."""
    period = max(2, round(RATE / pitch - 0.5))
    line = rng.uniform(-1, 1, period)
    line = (line + np.roll(line, 1) + np.roll(line, 2)) / 3
    rounds = []
    for _ in range(round(duration * RATE) // period + 1):
        rounds.append(line)
        line = damping * 0.5 * (line + np.roll(line, 1))
    return np.concatenate(rounds)[: round(duration * RATE)]


def guitar(rng: Random) -> Sound:
    """Two chords picked upwards, through the body's air and top resonances."""
    out = silence(7.0)
    chords = ((110.0, 164.8, 220.0, 261.6, 329.6), (98.0, 146.8, 196.0, 246.9, 392.0))
    for bar, chord in enumerate(chords):
        for step, pitch in enumerate((*chord, chord[3], chord[2])):
            put(out, plucked(rng, pitch, 3.0), 0.1 + 3.2 * bar + 0.27 * step, rng.uniform(0.7, 1))
    return roomy(
        rng, resonant(out, [(105, 6.0, 0.6), (215, 6.0, 0.6), (2500, 1.0, 0.4)], 0.6), 0.5, 0.1
    )


def _piano_note(rng: Random, pitch: float, duration: float) -> Sound:
    """Stiff strings are sharp in the upper partials; the sound falls fast, then slowly."""
    t = clock(duration)
    out = np.zeros(len(t))
    for n in range(1, 14):
        frequency = n * pitch * np.sqrt(1 + 0.0001 * n * n)
        if frequency > 9000:
            break
        level = np.exp(-0.5 * n) * abs(np.sin(np.pi * n / 7.6))
        decay = 0.77 * np.exp(-t * (1.79 + 0.687 * n)) + 0.23 * np.exp(-t * (0.39 + 0.12 * n))
        out += 2 * level * decay * np.sin(2 * np.pi * frequency * t + n)
    hammer = click(rng, 112, 645, 0.03)
    out[: len(hammer)] += 0.29 * hammer
    return np.asarray(out * np.minimum(1, t / 0.002))


def piano(rng: Random) -> Sound:
    out = silence(8.0)
    melody = (
        (0.0, 261.6),
        (0.0, 329.6),
        (0.5, 392.0),
        (1.0, 523.3),
        (1.5, 493.9),
        (2.0, 392.0),
        (2.5, 329.6),
        (3.0, 220.0),
        (3.0, 440.0),
        (3.5, 523.3),
        (4.0, 659.3),
        (5.0, 174.6),
        (5.0, 349.2),
        (5.0, 440.0),
        (5.0, 523.3),
    )
    for at, pitch in melody:
        put(
            out,
            _piano_note(rng, pitch, 3.0) * swell(3.0, 0.001, 0.4),
            0.1 + at,
            rng.uniform(0.8, 1),
        )
    return roomy(rng, out, 1.0, 0.15)


def organ(rng: Random) -> Sound:
    """Principal pipes at octaves and fifths of each key, with the chiff of their start."""
    out = silence(8.0)
    for at, chord in (
        (0.1, (130.8, 261.6, 329.6, 392.0)),
        (2.1, (110.0, 261.6, 349.2, 440.0)),
        (4.1, (98.0, 246.9, 293.7, 392.0)),
    ):
        length = 3.0 if at > 4 else 1.95
        for key in chord:
            for rank, level in ((1, 1.0), (2, 0.7), (3, 0.35), (4, 0.4), (8, 0.15)):
                pipe = harmonics(key * rank, [1, 0.4, 0.25, 0.1], length) * swell(
                    length, 0.05, 0.06
                )
                put(out, pipe, at, level)
        put(out, band(white(rng, 0.06), 800, 4000) * swell(0.06, 0.01, 0.04), at, 0.5)
    return roomy(rng, out, 2.8, 0.45, 5000)


def flute(rng: Random) -> Sound:
    """A jet of air over an edge: few harmonics, much breath, vibrato that sets in late."""
    out = silence(6.5)
    for at, pitch, length in (
        (0.1, 587.3, 0.9),
        (1.0, 659.3, 0.45),
        (1.45, 698.5, 0.45),
        (1.9, 880.0, 1.5),
        (3.4, 784.0, 0.5),
        (3.9, 587.3, 2.0),
    ):
        t = clock(length)
        late = np.clip((t - 0.3) / 0.4, 0, 1)
        curve = pitch * (1 + 0.006 * late * np.sin(2 * np.pi * 5.2 * t))
        note = harmonics(curve, [1, 0.42, 0.2, 0.05, 0.03], length) * (
            1 + 0.12 * late * np.sin(2 * np.pi * 5.2 * t)
        )
        breath = resonant(
            white(rng, length), [(pitch, 8.0, 1.0), (2 * pitch, 8.0, 0.7), (4200, 1.0, 0.3)]
        )
        put(out, (note + 0.10 * breath / np.std(breath)) * swell(length, 0.07, 0.08), at)
    return roomy(rng, out, 1.3, 0.2)


def drum_kit(rng: Random) -> Sound:
    """Two bars of rock: kick, snare, hi-hat, and a crash at the end."""
    out = silence(6.0)
    kick = thud(rng, 52, 0.35, 0.5, 0.25)
    snare_wires = band(white(rng, 0.3), 1200, 10_000, 1) * np.exp(-clock(0.3) / 0.06)
    snare = thud(rng, 185, 0.14, 0.3) * 0.8 + snare_wires / np.max(np.abs(snare_wires))
    hat = band(white(rng, 0.12), 6500, 16_000) * np.exp(-clock(0.12) / 0.022)
    hat = hat / np.max(np.abs(hat))
    beat = 60 / 104 / 2
    for step in range(16):
        at = 0.1 + beat * step
        put(out, hat, at, 0.35 if step % 2 else 0.5)
        if step % 8 in (0, 3, 5):
            put(out, kick, at, 1.0)
        if step % 4 == 2:
            put(out, snare, at, 0.9)
    crash = plate(rng, 1500, 14_000, 140, 2.2, 1.6)
    put(
        out,
        crash + 0.4 * band(white(rng, 1.6), 4000, 15_000) * np.exp(-clock(1.6) / 0.4),
        0.1 + beat * 16 - 0.25,
        0.4,
    )
    put(out, kick, 0.1 + beat * 16 - 0.25, 1.0)
    return roomy(rng, out, 0.6, 0.12, 9000)


def xylophone(rng: Random) -> Sound:
    """Bars cut so that the second mode is a twelfth up; hard mallets, short ring."""
    out = silence(4.2)
    for step, pitch in enumerate(
        (1047, 1175, 1319, 1568, 1319, 1175, 1047, 784, 1047, 1319, 1568, 2093)
    ):
        put(
            out,
            struck(pitch, (1.0, 3.0, 6.2), 0.45, 0.7, 0.8, 0.35),
            0.1 + 0.26 * step,
            rng.uniform(0.8, 1),
        )
        put(out, click(rng, 1500, 8000, 0.008), 0.1 + 0.26 * step, 0.25)
    return roomy(rng, out, 0.8, 0.12)


def violin(rng: Random) -> Sound:
    """The bow sticks and slips: a sawtooth, through the body, with vibrato."""
    out = silence(6.0)
    for at, pitch, length in (
        (0.1, 440.0, 1.2),
        (1.25, 493.9, 0.6),
        (1.8, 523.3, 0.6),
        (2.35, 659.3, 1.6),
        (3.9, 587.3, 1.9),
    ):
        t = clock(length)
        curve = pitch * (1 + 0.007 * np.clip(t / 0.4, 0, 1) * np.sin(2 * np.pi * 5.8 * t)) + wander(
            rng, length, 12, -1, 1
        )
        saw = harmonics(curve, [1 / n for n in range(1, 26)], length)
        rosin = 0.05 * band(white(rng, length), 1500, 8000)
        put(out, (saw + rosin) * swell(length, 0.12, 0.12), at)
    body = [(280, 8.0, 0.8), (460, 8.0, 1.0), (700, 5.0, 0.6), (1100, 3.0, 0.6), (2600, 1.5, 1.0)]
    return roomy(rng, resonant(out, body, 0.15), 1.6, 0.22)


def music_box(rng: Random) -> Sound:
    """Steel teeth plucked by pins: a clamped bar's modes, and the ticking of the works."""
    out = silence(6.5)
    tune = (1319, 1047, 1568, 1319, 2093, 1568, 1760, 1397, 1568, 1319, 1175, 988, 1047)
    for step, pitch in enumerate(tune):
        put(
            out,
            struck(pitch, (1.0, 6.27, 17.5), 1.6, 1.8, 0.5, 0.18),
            0.1 + 0.36 * step,
            rng.uniform(0.75, 1),
        )
        put(out, click(rng, 2500, 9000, 0.006), 0.09 + 0.36 * step, 0.08)
    return roomy(rng, out, 0.4, 0.12)


def sonar(rng: Random) -> Sound:
    """One ping, and the sea's long answer."""
    out = silence(8.0)
    for at in (0.2, 4.2):
        ping = (
            harmonics(1050, [1, 0.08], 0.5)
            * np.exp(-clock(0.5) / 0.14)
            * np.minimum(1, clock(0.5) / 0.004)
        )
        put(out, ping, at)
        put(out, ping, at + 1.3, 0.14)
    return roomy(rng, out, 3.0, 0.5, 2500) + 0.002 * band(white(rng, 8.0), 40, 500)
