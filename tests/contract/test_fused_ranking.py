"""What is heard and what is said give one order, the same on every backend."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundsound.catalog.database import Catalog
from foundsound.embedding.calibration import Background, Calibration
from foundsound.embedding.embedder import unit_length
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import WORDS, K
from foundsound.search.matching import Selection
from foundsound.search.query.filters import Conditions
from foundsound.search.query.parts import TextPart
from foundsound.search.rankings import Ear, Ranked, Words, by_both, by_ear, by_words
from foundsound.search.strength import FULL
from foundsound.vectors.index import Floats, VectorIndex, WindowPoint
from foundsound.vectors.lexical import Fetched, LexicalIndex, LexicalPoint, SparseTerms
from tests.contract.stores import OpenStore

DIM, SOUNDS = 32, 300
DEVIATION = 0.1  # of the background: the nearest but one lies five above it
EVERYTHING = Selection(Conditions())
QUERY = {1: 1.0, 2: 0.7, 3: 0.4}


def sound(number: int) -> str:
    return f"{number:032x}"


def sparse(weights: dict[int, float]) -> SparseTerms:
    return SparseTerms(
        np.array(list(weights), np.uint32), np.array(list(weights.values()), np.float32)
    )


VECTORS: Floats = unit_length(
    np.random.default_rng(0).standard_normal((SOUNDS, DIM)).astype(np.float32)
)
# Many sounds are said equally well, and most share no word with the query.
SAID = {
    sound(k): {4 + k % 50: 1.0} | ({1 + k % 3: 1.0 + k % 2} if k % 5 == 0 else {})
    for k in range(SOUNDS)
}


@pytest.fixture
def indexes(open_store: OpenStore) -> Iterator[tuple[VectorIndex, LexicalIndex]]:
    store = open_store()
    space, words = store.open("space", DIM), store.open_words("words-test")
    space.upsert([WindowPoint(sound(k), 0, 0.0, 1.0, v) for k, v in enumerate(VECTORS)])
    words.upsert([LexicalPoint(id_, sparse(own)) for id_, own in SAID.items()])
    yield space, words
    space.close()
    words.close()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path)
    yield opened
    opened.close()


def sides(
    indexes: tuple[VectorIndex, LexicalIndex], ideal: float, calibrated: bool = False
) -> tuple[Ear, Words]:
    vector = VECTORS[7]
    one = np.ones(1, np.float32)
    part = TextPart(text="x")
    composed = Composed((part,), vector[None], one, vector, vector)
    query = LexicalQuery(sparse(QUERY), ideal, {})
    background = Background(0.0, DEVIATION)
    references = np.zeros((32, DIM), np.float32)  # so that the query's own mean is 0
    calibration = Calibration(background, background, references) if calibrated else None
    return Ear(indexes[0], composed, calibration), Words(indexes[1], query)


def ranked_by_hand(ideal: float, calibrated: bool) -> dict[str, float]:
    """Fused scores of all sounds, by the formulas alone."""
    cosines = VECTORS @ VECTORS[7]
    worth = np.clip(cosines / DEVIATION / FULL, 0, 1) if calibrated else np.ones(SOUNDS)
    fused = {
        sound(int(k)): float(worth[k]) / (K + at) for at, k in enumerate(np.argsort(-cosines), 1)
    }
    scores = {
        id_: round(
            sum(QUERY[term] * weight * _idf(term) for term, weight in own.items() if term in QUERY),
            4,
        )
        for id_, own in SAID.items()
        if own.keys() & QUERY.keys()
    }
    best = max(scores.values())
    for id_, score in scores.items():
        rank = 1 + sum(other > score for other in scores.values())
        confidence = min(best / ideal, 1.0) * math.sqrt(min(score / ideal, 1.0))
        fused[id_] += WORDS * confidence / (K + rank)
    return dict(sorted(fused.items(), key=lambda item: -item[1]))


def _idf(term: int) -> float:
    having = sum(term in own for own in SAID.values())
    return math.log((SOUNDS - having + 0.5) / (having + 0.5) + 1)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("ideal", [3.0, 30.0])
def test_ranks_are_fused_by_the_formula(
    indexes: tuple[VectorIndex, LexicalIndex], ideal: float, calibrated: bool
) -> None:
    ear, words = sides(indexes, ideal, calibrated)
    expected = ranked_by_hand(ideal, calibrated)
    found = list(by_both(ear, words, EVERYTHING, SOUNDS).candidates)
    assert {each.sound_id for each in found} == expected.keys()
    assert [each.fused for each in found] == pytest.approx(
        list(expected.values()), rel=1e-3, abs=1e-6
    )
    for each in found:
        assert each.fused == pytest.approx(expected[each.sound_id], rel=1e-3, abs=1e-6)
        assert each.window is not None
        cosine = float(VECTORS[int(each.sound_id, 16)] @ VECTORS[7])
        assert each.cosine == pytest.approx(cosine, abs=1e-5)


def test_every_sound_is_given_once_however_small_the_pool(
    indexes: tuple[VectorIndex, LexicalIndex], catalog: Catalog
) -> None:
    ear, words = sides(indexes, 3.0)
    found = [each.sound_id for each in by_both(ear, words, EVERYTHING, 5).candidates]
    assert len(found) == len(set(found)) == SOUNDS
    heard = [each.sound_id for each in by_ear(ear, EVERYTHING, 5).candidates]
    assert len(heard) == len(set(heard)) == SOUNDS
    said = [each.sound_id for each in by_words(words, EVERYTHING, 5).candidates]
    assert len(said) == len(set(said)) == SOUNDS / 5
    # The pool is fused; what follows stays in the order in which it is heard.
    tail = [id_ for id_ in heard if id_ in set(found[-100:])]
    assert found[-100:] == tail


def test_a_choice_of_sounds_is_ranked_as_if_there_were_no_others(
    indexes: tuple[VectorIndex, LexicalIndex], catalog: Catalog
) -> None:
    ear, words = sides(indexes, 3.0)
    chosen = frozenset(sound(k) for k in range(0, SOUNDS, 7))
    selection = Selection(Conditions(), chosen, frozenset({sound(0)}))
    found = list(by_both(ear, words, selection, 10).candidates)
    assert {each.sound_id for each in found} == chosen - {sound(0)}
    heard = [each.heard.rank for each in found if each.heard]
    assert sorted(heard) == list(range(1, len(chosen)))


@pytest.mark.parametrize("at_once", [0, 61])
@pytest.mark.parametrize(("pool", "lexical"), [(100, 1), (40, 1), (20, 2)])
def test_the_engine_is_called_as_often_as_it_must_be(
    indexes: tuple[VectorIndex, LexicalIndex],
    monkeypatch: pytest.MonkeyPatch,
    pool: int,
    lexical: int,
    at_once: int,
) -> None:
    """60 sounds share a word; when that is more than were fetched, the nearest are asked for."""
    called: list[str] = []

    def counted(side: str, search: Callable[..., Any], *given: Any, **named: Any) -> Any:
        called.append(side)
        return search(*given, **named)

    for index, method, side in (
        (indexes[0], "search", "dense"),
        (indexes[0], "search_batch", "dense"),
        (indexes[1], "search", "lexical"),
    ):
        monkeypatch.setattr(index, method, partial(counted, side, getattr(index, method)))
    monkeypatch.setattr(indexes[1], "at_once", at_once)
    monkeypatch.setattr("foundsound.search.rankings.POOL", pool)
    ear, words = sides(indexes, 3.0, calibrated=True)
    found = list(islice(by_both(ear, words, EVERYTHING, 10).candidates, pool))
    assert any(each.heard is None for each in found)
    assert all(each.window is not None for each in found)
    assert (called.count("dense"), called.count("lexical")) == (1, 1 if at_once else lexical)


def test_words_of_the_nearest_are_the_same_whether_they_are_at_hand_or_asked_for(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    class NeverComplete(Fetched):
        every = property(lambda self: None, lambda self, value: None)

    monkeypatch.setattr("foundsound.search.rankings.POOL", 40)
    ear, words = sides(indexes, 3.0)
    at_hand = _ranks(by_both(ear, words, EVERYTHING, 10))
    monkeypatch.setattr("foundsound.search.rankings.Fetched", NeverComplete)
    assert _ranks(by_both(ear, words, EVERYTHING, 10)) == at_hand
    assert sum(said > 0 for _, _, said in at_hand) > 40


def test_words_choose_among_what_is_near_when_a_sound_was_shown(
    indexes: tuple[VectorIndex, LexicalIndex], catalog: Catalog
) -> None:
    ear, words = sides(indexes, 3.0)
    shown = Words(words.index, words.query, share=0.5, among_near=True)
    nearest = [each.sound_id for each in by_ear(ear, EVERYTHING, 100).candidates][:100]
    found = list(by_both(ear, shown, EVERYTHING, 10).candidates)
    assert {each.sound_id for each in found[:100]} == set(nearest)
    assert any(each.said for each in found[:100])
    assert not any(each.said for each in found[100:])


def _ranks(ranked: Ranked) -> list[tuple[str, int, int]]:
    return [(each.sound_id, each.heard_rank, each.said_rank) for each in ranked.candidates]
