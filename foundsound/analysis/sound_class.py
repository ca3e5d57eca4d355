"""Whether a sound is a one-shot, a loop or an ambience; rules by which doubt means none of them."""

import numpy as np

from foundsound.analysis.key import TONAL
from foundsound.analysis.sound_analysis import SoundClass
from foundsound.analysis.spectrum import FRAMES_S
from foundsound.analysis.tempo import Tempo
from foundsound.audio.reader import Floats

SILENCE_DB = -50.0  # below the loudest moment
# One-shot: how long, how many onsets, and how far it has died away at its end.
LONGEST_SHOT_S, SHOT_ONSETS, DIED_DB = 10.0, 2, -15.0
# Loop: whole bars of four beats, to within a part of a beat.
BAR, MOST_BEATS, OFF_BEAT = 4, 128, 0.1
# Ambience: how long at least, how far levels of 0.4 s may lie apart (dB, 5 % left out at either
# end), onsets a second, and how much even a steady noise moves, unlike a tone (dB a frame).
SHORTEST_AMBIENCE_S, STEADY_DB, AMBIENCE_ONSETS_S, LIVELY_DB = 5.0, 12.0, 0.5, 0.3


def classify(
    duration_s: float,
    levels: Floats,
    strength: Floats,
    onsets: int,
    tempo: Tempo | None,
    tonal: float,
) -> SoundClass | None:
    """The class of a sound.

    Args:
        levels: mean power of each frame, float32 ``[frames]``.
        strength: onset strength of each frame.
        onsets: how many there are.
        tempo: None when nothing repeats.
        tonal: how much of it is pitches, 0 to 1.
    """
    db = _decibels(levels)
    if not len(db):
        return None
    if tempo is not None and loop_beats(duration_s, levels, tempo) is not None:
        return SoundClass.LOOP
    heard = db[_audible(db)]
    audible_s = len(heard) / FRAMES_S
    tenth = heard[-max(1, len(heard) // 10) :]
    if audible_s <= LONGEST_SHOT_S and onsets <= SHOT_ONSETS and tenth.mean() < DIED_DB:
        return SoundClass.ONE_SHOT
    steps = round(0.4 * FRAMES_S)
    slow = np.convolve(levels, np.full(steps, 1 / steps), "valid")
    low, high = np.percentile(_decibels(slow.astype(np.float32)), (5, 95)) if len(slow) else (0, 0)
    even = duration_s >= SHORTEST_AMBIENCE_S and high - low <= STEADY_DB and tonal < TONAL
    if even and onsets <= AMBIENCE_ONSETS_S * duration_s and strength.mean() > LIVELY_DB:
        return SoundClass.AMBIENCE
    return None


def loop_beats(duration_s: float, levels: Floats, tempo: Tempo) -> int | None:
    """How many beats a loop has; None when the sound is no whole number of bars."""
    beats = duration_s * tempo.bpm / 60
    whole = BAR * round(beats / BAR)
    if not BAR <= whole <= MOST_BEATS or abs(beats - whole) > OFF_BEAT:
        return None
    audible = _audible(_decibels(levels))
    silent_s = (len(levels) - (audible.stop - audible.start)) / FRAMES_S
    return whole if silent_s < 60 / tempo.bpm else None


def _decibels(levels: Floats) -> Floats:
    """Below the loudest frame."""
    top = float(levels.max()) if len(levels) else 0.0
    if not 0 < top < np.inf:
        return np.zeros(0, np.float32)
    decibels: Floats = 10 * np.log10(np.maximum(levels / top, 1e-12))
    return decibels


def _audible(db: Floats) -> slice:
    loud = np.flatnonzero(db > SILENCE_DB)
    return slice(int(loud[0]), int(loud[-1]) + 1) if len(loud) else slice(0, 0)
