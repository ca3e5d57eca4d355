from itertools import combinations

import numpy as np
import pytest

from foundsound.analysis.fingerprint import agreement, alike
from foundsound.analysis.sound_analysis import Fingerprint
from tests.analysis.copies import copies
from tests.analysis.heard import demo_sound, hear
from tests.signals import RATE, Floats, noise

SOUNDS = (
    "Footsteps/gravel_path_walk.wav",
    "Impacts/glass_smash.wav",
    "Music/Drums/rock_beat_104bpm.wav",
    "Music/piano_phrase.flac",
    "Water/stream_small_brook.wav",
    "Weapons/pistol_three_shots.wav",
    "Weather/rain_light_on_leaves.wav",
)


def heard(samples: Floats, rate: int = RATE) -> Fingerprint:
    fingerprint = hear(samples, rate).fingerprint
    assert fingerprint is not None
    return fingerprint


@pytest.mark.parametrize("path", SOUNDS)
def test_copies_are_alike(path: str) -> None:
    sound = demo_sound(path)
    original = heard(sound)
    missed = [name for name, copy, rate in copies(sound) if not alike(original, heard(copy, rate))]
    assert missed == []


@pytest.mark.parametrize("path", [path for path in SOUNDS if "piano" not in path])
def test_other_takes_are_not(path: str) -> None:
    """A recipe played again: the same thing happens, by chance at other moments and pitches."""
    takes = [heard(demo_sound(path, take)) for take in (101, 102, 103)]
    for one, other in combinations(takes, 2):
        assert not alike(one, other)
        assert agreement(one, other) < 0.7


def test_other_sounds_agree_by_chance() -> None:
    fingerprints = [heard(demo_sound(path)) for path in SOUNDS]
    agreements = [agreement(one, other) for one, other in combinations(fingerprints, 2)]
    assert max(agreements) < 0.65
    assert np.mean(agreements) == pytest.approx(0.5, abs=0.06)


def test_a_part_is_not_the_whole() -> None:
    sound = demo_sound("Water/stream_small_brook.wav")
    assert not alike(heard(sound), heard(sound[: len(sound) // 2]))


def test_it_is_small_whatever_the_length() -> None:
    assert len(heard(noise(2.0)).data) < 200
    assert len(heard(noise(60.0, 22_050), 22_050).data) <= 4 * 1040


def test_silence_is_like_nothing() -> None:
    silence = heard(np.zeros((RATE, 1), np.float32))
    assert not alike(silence, silence)
    assert agreement(silence, silence) == 0.0
