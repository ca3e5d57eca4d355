import numpy as np
import pytest

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.evaluation import vectors
from foundsound.evaluation.vectors import SoundVectors, VectorTable, leading


def random_units(rows: int, seed: int) -> Floats:
    shape = (rows, 6)
    return unit_length(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))


@pytest.mark.parametrize("room", [1, 7, 2**24])
def test_a_sound_scores_by_its_best_window(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "BLOCK_SCORES", room)
    sounds = [
        SoundVectors(random_units(count, seed), random_units(1, seed)[0])
        for seed, count in enumerate((1, 5, 2, 1, 3))
    ]
    queries = random_units(4, 99)
    table = VectorTable.of(sounds)
    expected = np.array([[max(s.windows @ query) for s in sounds] for query in queries])
    by_query = np.concatenate(list(table.scores(queries)))
    by_sound = np.concatenate(list(table.scores_by_sound(queries)))
    np.testing.assert_allclose(by_query, expected, atol=2e-6)
    np.testing.assert_allclose(by_sound, expected.T, atol=2e-6)


def test_the_lower_column_wins_a_tie() -> None:
    scores = np.array([[0.5, 0.9, 0.5, 0.9, 0.1], [0.0, 0.0, 0.0, 0.0, 0.0]], np.float32)
    assert leading(scores, 3).tolist() == [[1, 3, 0], [0, 1, 2]]
    assert leading(scores, 9).tolist() == [[1, 3, 0, 2, 4], [0, 1, 2, 3, 4]]
    assert leading(scores, 0).shape == (2, 0)


def test_leading_is_a_stable_sort() -> None:
    scores = np.random.default_rng(3).integers(0, 9, (40, 60)).astype(np.float32)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    np.testing.assert_array_equal(leading(scores, 10), expected)
