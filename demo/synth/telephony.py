"""The telephone: its tones are fixed by standards, its old bell by mechanics.

North American tones after ITU-T E.180 supplement 2 (dial 350+440, busy 480+620, ringback
440+480 Hz); keypad after ITU-T Q.23; line band 300 to 3400 Hz.
"""

import numpy as np

from demo.synth.modes import SMALL_BELL, click, struck
from demo.synth.signals import Random, Sound, band, pressed, put, roomy, silence, tone, white

_ROWS = (697.0, 770.0, 852.0, 941.0)
_COLUMNS = (1209.0, 1336.0, 1477.0)
_KEYS = "123456789*0#"


def _line(rng: Random, x: Sound) -> Sound:
    """What the telephone line leaves of a sound, and its faint hiss."""
    return band(x + 0.004 * rng.standard_normal(len(x)), 300, 3400, 4)


def _pair(low: float, high: float, duration: float) -> Sound:
    return tone(low, duration) + tone(high, duration)


def dial_tone(rng: Random) -> Sound:
    return _line(rng, _pair(350, 440, 5.0))


def busy_tone(rng: Random) -> Sound:
    out = silence(6.0)
    for beat in range(6):
        put(out, _pair(480, 620, 0.5), 0.1 + beat)
    return _line(rng, out)


def ringback_tone(rng: Random) -> Sound:
    out = silence(8.5)
    for start in (0.1, 6.1):
        put(out, _pair(440, 480, 2.0), start)
    return _line(rng, out)


def dialled_number(rng: Random) -> Sound:
    """Ten digits on the keypad, 90 ms each, at the uneven pace of a finger."""
    out = silence(4.0)
    at = 0.15
    for key in "5550142973":
        place = _KEYS.index(key)
        put(out, _pair(_ROWS[place // 3], _COLUMNS[place % 3], rng.uniform(0.09, 0.14)), at)
        at += rng.uniform(0.26, 0.4)
    return _line(rng, out)


def old_telephone(rng: Random) -> Sound:
    """A clapper between two gongs at the 17 Hz of the ringing current: 34 blows a second."""
    out = silence(6.5)
    gongs = [struck(pitch, SMALL_BELL, 0.39, 0.9, 0.96, 0.63) for pitch in (1130, 1514)]
    for start, seconds in ((0.1, 2.0), (3.6, 2.0)):
        for blow in range(int(33.5 * seconds)):
            at = start + blow / 33.5
            put(out, gongs[blow % 2], at, rng.uniform(0.65, 1))
            put(out, click(rng, 1590, 7000, 0.006), at, 0.42)
    return pressed(roomy(rng, out, 0.5, 0.024), 1.93)


def ringtone(_: Random) -> Sound:
    """An early mobile phone: a plain square-wave tune."""
    out = silence(5.0)
    notes = (1319, 1175, 740, 831, 1109, 988, 587, 659)
    for bar in range(2):
        for step, pitch in enumerate(notes):
            length = 0.13 if step % 4 < 2 else 0.26
            note = (
                tone(pitch, length) + 0.33 * tone(3 * pitch, length) + 0.2 * tone(5 * pitch, length)
            )
            put(out, note, 0.1 + 2.3 * bar + 0.26 * step)
    return out


def fax_handshake(rng: Random) -> Sound:
    """Answer tone at 2100 Hz, the warble of both sides, then data: noise in the line's band."""
    out = silence(8.0)
    put(out, tone(2100, 2.2), 0.2)
    for turn in range(14):
        put(out, tone((1650, 1850, 1080, 1270)[turn % 4], 0.11), 2.6 + 0.11 * turn)
    put(out, _pair(1200, 2400, 0.5), 4.3)
    data = band(white(rng, 2.8), 500, 3000) * (
        1 + 0.5 * np.sign(np.sin(np.arange(round(2.8 * 44_100)) / 60))
    )
    put(out, data / np.std(data) * 0.6, 4.9)
    return _line(rng, out)
