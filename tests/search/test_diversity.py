"""Maximal marginal relevance, on vectors whose answer can be seen."""

import numpy as np
import pytest

from foundsound.search.diversity import diverse_order

# Three twins, then two others that are unlike everything.
LIKENESS = np.array(
    [
        [1.0, 0.9, 0.9, 0.1, 0.0],
        [0.9, 1.0, 0.9, 0.1, 0.0],
        [0.9, 0.9, 1.0, 0.1, 0.0],
        [0.1, 0.1, 0.1, 1.0, 0.2],
        [0.0, 0.0, 0.0, 0.2, 1.0],
    ],
    np.float32,
)
RELEVANCE = np.array([1.0, 0.9, 0.8, 0.5, 0.3], np.float32)


@pytest.mark.parametrize(
    ("diversity", "order"),
    [
        (0.0, [0, 1, 2, 3, 4]),
        (0.1, [0, 1, 2, 3, 4]),
        (0.5, [0, 3, 4, 1, 2]),
        (1.0, [0, 4, 3, 1, 2]),
    ],
)
def test_the_more_diversity_the_later_come_the_twins(diversity: float, order: list[int]) -> None:
    assert diverse_order(RELEVANCE, LIKENESS, diversity) == order


def test_every_hit_comes_once() -> None:
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((40, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = diverse_order(np.linspace(1, 0, 40, dtype=np.float32), rows @ rows.T, 0.4)
    assert sorted(order) == list(range(40))
    assert order[0] == 0


def test_nothing_and_one() -> None:
    assert diverse_order(np.zeros(0, np.float32), np.zeros((0, 0), np.float32), 0.5) == []
    assert diverse_order(np.ones(1, np.float32), np.ones((1, 1), np.float32), 1.0) == [0]
