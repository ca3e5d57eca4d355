"""Takes of one recording: by their names, by their sound, and never too many."""

import numpy as np
import pytest

from foundsound.search.takes import Candidate, fold, take_stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rain_01.wav", "rain_02.wav"),
        ("Rain 1.wav", "rain 12.flac"),
        ("rain (3).wav", "rain.wav"),
        ("DOORWood_Heavy oak slam_FSND_01.wav", "DOORWood_Heavy oak slam_FSND_02.wav"),
        ("slam_take3.wav", "slam_take4.wav"),
        ("slam-tk-07b.wav", "slam-tk-08.wav"),
        ("slam v2.wav", "slam v3.wav"),
        ("kick01.wav", "kick02.wav"),
    ],
)
def test_names_of_takes(one: str, other: str) -> None:
    assert take_stem(f"/s/{one}") == take_stem(f"/s/{other}")
    assert take_stem(f"/s/{one}") != take_stem(f"/other/{other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rain.wav", "thunder.wav"),
        ("rain_heavy_01.wav", "rain_light_01.wav"),
        ("piano_C4.wav", "piano_C5.wav"),
        ("1.wav", "2.wav"),
        ("rain_44100.wav", "rain_48000.wav"),
    ],
)
def test_names_of_other_sounds(one: str, other: str) -> None:
    assert take_stem(one) != take_stem(other)


def at(path: str, degrees: float, duration_s: float = 2.0) -> Candidate:
    angle = np.radians(degrees)
    return Candidate(path, duration_s, np.array([np.cos(angle), np.sin(angle)], np.float32))


def test_takes_join_the_best_of_them() -> None:
    found = [at("/s/a_1.wav", 0), at("/s/b.wav", 50), at("/s/a_2.wav", 20), at("/s/a_3.wav", 30)]
    assert fold(found, alike=0.8) == [[0, 2, 3], [1]]


def test_takes_that_sound_unlike_stay_apart() -> None:
    found = [at("/s/a_1.wav", 0), at("/s/a_2.wav", 60), at("/s/a_3.wav", 70)]
    assert fold(found, alike=0.8) == [[0], [1, 2]]


def test_groups_do_not_creep() -> None:
    """The third is near the second, but not near the one that leads the group."""
    found = [at("/s/a_1.wav", 0), at("/s/a_2.wav", 30), at("/s/a_3.wav", 60)]
    assert fold(found, alike=0.8) == [[0, 1], [2]]


def test_the_same_sound_under_two_names_is_one() -> None:
    assert fold([at("/s/rain.wav", 0), at("/t/regen.wav", 1)], 0.8) == [[0, 1]]
    assert fold([at("/s/rain.wav", 0), at("/t/regen.wav", 1, 3.0)], 0.8) == [[0], [1]]
    assert fold([at("/s/rain.wav", 0), at("/t/regen.wav", 10)], 0.8) == [[0], [1]]


def test_what_was_not_heard_is_folded_by_its_name() -> None:
    found = [Candidate(f"/s/rain_{n}.wav", 1.0 + n, None) for n in range(3)]
    assert fold(found, 0.8) == [[0, 1, 2]]
