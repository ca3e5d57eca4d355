from collections.abc import Iterator

import numpy as np
import pytest

from foundsound.audio.windows import Window, cut_windows
from tests.signals import Floats

RATE, WINDOW_S = 10, 10.0  # 100 samples a window, 50 a hop


def cut(total: int, block: int) -> list[Window]:
    samples = np.arange(total, dtype=np.float32)
    blocks: Iterator[Floats] = (samples[i : i + block] for i in range(0, total, block))
    return list(cut_windows(blocks, RATE, WINDOW_S))


@pytest.mark.parametrize(
    ("total", "starts"),
    [
        (1, [0]),
        (99, [0]),
        (100, [0]),
        (101, [0, 1]),
        (150, [0, 50]),
        (151, [0, 50, 51]),
        (320, [0, 50, 100, 150, 200, 220]),
    ],
)
@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_windows_lie_where_the_rule_says_whatever_the_block_size(
    total: int, starts: list[int], block: int
) -> None:
    windows = cut(total, block)
    assert [round(w.start_s * RATE) for w in windows] == starts
    assert windows[-1].end_s == total / RATE
    for window, start in zip(windows, starts, strict=True):
        expected = np.arange(start, min(start + 100, total), dtype=np.float32)
        np.testing.assert_array_equal(window.samples, expected)


def test_no_samples_give_no_window() -> None:
    assert list(cut_windows([np.zeros(0, np.float32)], RATE, WINDOW_S)) == []
