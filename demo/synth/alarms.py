"""Sirens, horns of warning and alarms: patterns that standards or makers have fixed."""

import numpy as np

from demo.synth.signals import Random, Sound, clock, harmonics, put, resonant, roomy, silence, tone

_HORN = tuple(1 / n**0.9 for n in range(1, 16))  # a driven horn: strong, slowly falling partials


def _square(frequency: float, duration: float, partials: int = 9) -> Sound:
    levels = [1 / n if n % 2 else 0.0 for n in range(1, 2 * partials)]
    return harmonics(frequency, levels, duration)


def _gated(duration: float, starts: list[float], beep: Sound) -> Sound:
    """One beep at each of the given moments, its edges rounded against clicks."""
    edge = np.minimum(1, np.minimum(np.arange(len(beep)), np.arange(len(beep))[::-1]) / 90)
    out = silence(duration)
    for at in starts:
        put(out, beep * edge, at)
    return out


def _through_horn(rng: Random, x: Sound) -> Sound:
    """Heard in a street: the horn's own resonance, then the houses."""
    return roomy(rng, resonant(x, [(900, 1.2, 1.0), (1900, 2.0, 0.6)], 0.15), 1.1, 0.18)


def wail_siren(rng: Random) -> Sound:
    """The American wail: a slow sweep from 500 to 1500 Hz and back, some 12 times a minute."""
    t = clock(10.0)
    pitch = 1000 - 480 * np.cos(2 * np.pi * t / 4.6) + 40 * np.sin(4 * np.pi * t / 4.6)
    return _through_horn(rng, harmonics(pitch, _HORN, 10.0))


def yelp_siren(rng: Random) -> Sound:
    """The same sweep more than three times a second, as used at crossings."""
    phase = (clock(6.0) * 3.2) % 1
    return _through_horn(rng, harmonics(600 + 850 * np.sin(np.pi * phase) ** 0.8, _HORN, 6.0))


def two_tone_siren(rng: Random) -> Sound:
    """The European two-tone horn, a fourth apart (DIN 14610: 435 and 580 Hz)."""
    step = ((clock(7.0) % 1.5) < 0.75).astype(np.float64)
    return _through_horn(rng, harmonics(435 + 145 * (1 - step), _HORN, 7.0))


def civil_defence(rng: Random) -> Sound:
    """A motor siren running up and down: the rotor's speed is the pitch."""
    t = clock(12.0)
    speed = 1 - np.exp(-t / 1.8) * (t < 7) - (t >= 7) * (1 - np.exp(-(t - 7).clip(0) / 2.4))
    out = harmonics(60 + 400 * speed, [1, 0.6, 0.5, 0.35, 0.3, 0.2, 0.15], 12.0)
    return roomy(rng, out * (0.05 + speed), 2.2, 0.35, 3000)


def smoke_alarm(rng: Random) -> Sound:
    """Temporal-three: half a second on and off, three times, then 1.5 s of rest (ISO 8201)."""
    starts = [0.2 + 0.5 * 2 * k + 4.0 * g for g in range(2) for k in range(3)]
    beep = tone(3150, 0.5) + 0.25 * tone(6300, 0.5) + 0.1 * tone(9450, 0.5)
    return roomy(rng, _gated(8.0, starts, beep), 0.4, 0.12, 9000)


def digital_clock(_: Random) -> Sound:
    """A bedside clock: groups of four short beeps at 2048 Hz, a quartz crystal's 32768 over 16."""
    starts = [0.1 + g + 0.125 * k for g in range(5) for k in range(4)]
    return _gated(5.2, starts, _square(2048, 0.065, 4))


def reversing_lorry(rng: Random) -> Sound:
    """The broad beep of a lorry backing: 1250 Hz, half a second on, half off."""
    starts = [0.2 + 1.0 * k for k in range(6)]
    return roomy(rng, _gated(6.4, starts, _square(1250, 0.5, 5)), 0.9, 0.2)


def car_alarm(rng: Random) -> Sound:
    """Six tones in turn, as the usual add-on alarm cycles through them."""
    t = clock(7.0)
    saw = 700 + 900 * ((t * 2.5) % 1)
    fast = 1150 + 450 * np.sign(np.sin(2 * np.pi * 4 * t))
    warble = 1100 + 500 * np.sin(2 * np.pi * 9 * t)
    pitch = np.select([t < 2.4, t < 4.7], [saw, fast], warble)
    return _through_horn(rng, harmonics(pitch, _HORN[:10], 7.0))
