"""What each figure would be by chance, and at best: exact, not sampled.

A random order puts every sound at every place with the same chance, so that among the first k of
N places lie r · k / N of a query's r right sounds (the hypergeometric mean). From this follow, with
k ≤ N (a shorter list has only N places):

- hit@k: 1 - C(N-r, k) / C(N, k), one minus the chance that no right sound is among the first k.
- R@k: k / N.
- AP@k: the sum over places i ≤ k of P(place i is right) · E(precision at i, given that), over r:
  (1/r) · Σ (r/N) · (1 + (i-1) · (r-1)/(N-1)) / i.
- nDCG@k: Σ (r/N) / log2(i+1), over the same sum with 1 at the first min(r, k) places.
- P@5: (5 / 5) · r / N: the share of right ones among all, when there are five.
- MRR@k: Σ (1/i) · C(N-i, r-1) / C(N, r), the first right sound being at place i ≤ k.

The best is what an order with all right sounds first reaches: with 40 right sounds R@1 is at most
1/40. Both are computed for each query or sound and then averaged, as the figures are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, log2
from statistics import fmean


@dataclass(frozen=True)
class Level:
    """Means over the queries or sounds: of a random order, and of a perfect one."""

    chance: float
    best: float


def hit_level(right: Iterable[int], total: int, k: int) -> Level:
    """Of "one of the first k is right", where ``right`` counts the right ones of each query."""
    counts = list(right)
    drawn = min(k, total)
    missed = fmean(comb(total - r, drawn) / comb(total, drawn) for r in counts)
    return Level(1 - missed, fmean(min(1, r) for r in counts))


def recall_level(right: Iterable[int], total: int, k: int) -> Level:
    """Of the share of the right ones that is among the first k."""
    return Level(min(k, total) / total, fmean(min(k, r) / r for r in right))


def average_precision_level(right: Iterable[int], total: int, k: int) -> Level:
    """Of average precision, cut after k places and divided by all right ones, as ranx does."""
    counts = list(right)
    places = range(1, min(k, total) + 1)
    others = max(1, total - 1)  # with one sound there is one place, and nothing before it
    chance = fmean(
        sum((1 + (i - 1) * (r - 1) / others) / i for i in places) / total for r in counts
    )
    return Level(chance, fmean(min(k, r) / r for r in counts))


def ndcg_level(right: Iterable[int], total: int, k: int) -> Level:
    """Of normalised discounted cumulative gain at k, every right sound worth 1."""
    gains = [1 / log2(i + 1) for i in range(1, k + 1)]
    found = sum(gains[:total])
    return Level(fmean(r / total * found / sum(gains[:r]) for r in right), 1.0)


def precision_level(right: Iterable[tuple[int, int]], k: int) -> Level:
    """Of the share of right ones among the first k; ``right`` holds (right ones, all) of each."""
    counts = list(right)
    chance = fmean(min(k, total) / k * r / total for r, total in counts)
    return Level(chance, fmean(min(k, r) / k for r, _ in counts))


def graded_ndcg_level(gains: Iterable[Sequence[int]], total: int, k: int) -> Level:
    """Of nDCG at k where each sound's gain is its grade; ``gains`` holds those above 0."""
    discounts = [1 / log2(place + 1) for place in range(1, k + 1)]
    found = sum(discounts[:total])
    chances = []
    for grades in gains:
        ideal = sum(g * d for g, d in zip(sorted(grades, reverse=True), discounts, strict=False))
        chances.append(sum(grades) / total * found / ideal)
    return Level(fmean(chances), 1.0)


def reciprocal_rank_level(right: Iterable[int], total: int, k: int) -> Level:
    """Of 1 / the place of the first right one, 0 when it comes after k places."""

    def expected(r: int) -> float:
        # The first right one is at place i: i - 1 wrong ones, then r - 1 of the rest behind.
        return sum(comb(total - i, r - 1) / i for i in range(1, min(k, total) + 1)) / comb(total, r)

    counts = list(right)
    return Level(fmean(expected(r) for r in counts), fmean(min(1, r) for r in counts))
