"""One vector for a whole sound."""

import numpy as np
import pytest

from foundsound.embedding.sound_vector import sound_vector

WINDOWS = np.eye(3, dtype=np.float32)


def test_it_is_the_normalised_mean() -> None:
    found = sound_vector(WINDOWS[:2])
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array([0.5**0.5, 0.5**0.5, 0.0]))


def test_a_merged_window_counts_by_its_length() -> None:
    found = sound_vector(WINDOWS[:2], seconds=[30.0, 10.0])
    assert found == pytest.approx(np.array([3.0, 1.0, 0.0]) / 10**0.5)


def test_a_sound_of_one_window_is_that_window() -> None:
    assert sound_vector(WINDOWS[2:]).tolist() == WINDOWS[2].tolist()


@pytest.mark.parametrize(("windows", "seconds"), [(WINDOWS[:0], None), (WINDOWS, [1.0])])
def test_nothing_is_made_of_nothing(windows: np.ndarray, seconds: list[float] | None) -> None:
    with pytest.raises(ValueError, match="window"):
        sound_vector(windows, seconds)
