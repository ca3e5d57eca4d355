import itertools

import numpy as np

from foundsound.embedding.embedder import unit_length
from foundsound.embedding.space import MERGE_COSINE, EmbeddedSpan, merge_neighbours


def span(start: float, *vector: float) -> EmbeddedSpan:
    return EmbeddedSpan(start, start + 10, unit_length(np.array(vector, np.float32)))


def test_near_equal_neighbours_become_one_longer_window() -> None:
    merged = merge_neighbours([span(0, 1, 0), span(5, 1, 0.01), span(10, 0, 1), span(15, 1, 0)])
    assert [(m.start_s, m.end_s) for m in merged] == [(0, 15), (10, 20), (15, 25)]
    for one in merged:
        assert np.linalg.norm(one.vector) == np.float32(1.0)


def test_a_slow_change_is_cut_before_its_ends_differ() -> None:
    angles = np.linspace(0, np.pi / 2, 40)  # neighbours are alike, the ends are orthogonal
    merged = merge_neighbours([span(5 * i, np.cos(a), np.sin(a)) for i, a in enumerate(angles)])
    assert 1 < len(merged) < 40
    for one, following in itertools.pairwise(merged):
        assert float(one.vector @ following.vector) < MERGE_COSINE
