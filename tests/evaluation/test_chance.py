"""Closed forms against many random orders, put through the same ranx as the figures."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.evaluation.chance import Level, hit_level, precision_level
from foundsound.evaluation.ranx_metrics import METRICS, retrieval_values
from foundsound.evaluation.tasks import TextToSound

ROUNDS = 1500


@pytest.mark.parametrize(
    ("total", "counts"),
    [(30, (1, 4, 12)), (13, (2, 13)), (7, (1, 3)), (1, (1,))],
    ids=["more than ten right", "all right", "fewer than ten sounds", "one sound"],
)
def test_retrieval_by_chance(total: int, counts: tuple[int, ...], cache_dir: Path) -> None:
    random = np.random.default_rng(0)
    right = [frozenset(range(count)) for count in counts]
    repeated = right * ROUNDS
    orders = np.array([random.permutation(total)[:10] for _ in repeated])
    values = retrieval_values(orders, repeated, cache_dir)
    task = TextToSound(right, total, cache_dir)
    for name in METRICS:
        by_round = values[name].reshape(ROUNDS, len(right)).mean(axis=1)
        error = by_round.std() / np.sqrt(ROUNDS)
        assert task.level(name).chance == pytest.approx(by_round.mean(), abs=4 * error + 1e-9), name


def test_the_best_is_a_perfect_order(cache_dir: Path) -> None:
    right = [frozenset({2}), frozenset({0, 1, 5}), frozenset(range(3, 20))]
    orders = np.array([sorted(range(25), key=lambda s: s not in ids)[:10] for ids in right])
    values = retrieval_values(orders, right, cache_dir)
    task = TextToSound(right, 25, cache_dir)
    for name in METRICS:
        assert task.level(name).best == pytest.approx(values[name].mean()), name


def test_known_values() -> None:
    def same(found: Level, chance: float, best: float) -> bool:
        return found.chance == pytest.approx(chance) and found.best == pytest.approx(best)

    assert same(hit_level([1], 50, 5), 0.1, 1)  # one of 50 classes, five tries
    assert same(hit_level([2], 4, 2), 1 - 1 / 6, 1)
    assert same(hit_level([3], 4, 9), 1, 1)
    # 40 clips a class, 2,000 in all: 39 relatives among 1,999 others.
    assert same(precision_level([(39, 1999)], 5), 39 / 1999, 1)
    # One relative and three others: three of five places are taken, one is right for sure.
    assert same(precision_level([(1, 3)], 5), 0.2, 0.2)


def test_precision_by_chance() -> None:
    random = np.random.default_rng(1)
    right = np.zeros((20_000, 9), bool)
    right[:, :4] = True
    shares = random.permuted(right, axis=1)[:, :5].mean(axis=1)
    error = shares.std() / np.sqrt(len(shares))
    assert precision_level([(4, 9)], 5).chance == pytest.approx(shares.mean(), abs=4 * error)
