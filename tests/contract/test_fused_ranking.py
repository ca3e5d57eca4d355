"""What is heard and what is said give one order, the same on every backend."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from foundsound.search.rankings import FIRST, Ear, Ranked, Words, by_ear, by_words
from foundsound.search.strength import FULL
from foundsound.search.threshold import Threshold
from foundsound.search.tiers import FURTHER, by_both
from foundsound.vectors.index import Floats, VectorIndex, WindowPoint
from foundsound.vectors.lexical import LexicalIndex, LexicalPoint, SparseTerms
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


def counted_calls(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Of which engine each call is from now on."""
    called: list[str] = []

    def counted(side: str, search: Callable[..., Any], *given: Any, **named: Any) -> Any:
        called.append(side)
        return search(*given, **named)

    for index, side, methods in (
        (indexes[0], "dense", ("search", "search_batch")),
        (indexes[1], "lexical", ("search",)),
    ):
        for method in methods:
            monkeypatch.setattr(index, method, partial(counted, side, getattr(index, method)))
    return called


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
    indexes: tuple[VectorIndex, LexicalIndex],
    monkeypatch: pytest.MonkeyPatch,
    ideal: float,
    calibrated: bool,
) -> None:
    monkeypatch.setattr("foundsound.search.tiers.POOL", SOUNDS)
    ear, words = sides(indexes, ideal, calibrated)
    expected = ranked_by_hand(ideal, calibrated)
    found = list(by_both(ear, words, EVERYTHING, SOUNDS).candidates(None))
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
    found = [each.sound_id for each in by_both(ear, words, EVERYTHING, 5).candidates(None)]
    assert len(found) == len(set(found)) == SOUNDS
    heard = [each.sound_id for each in by_ear(ear, EVERYTHING, 5).candidates(None)]
    assert len(heard) == len(set(heard)) == SOUNDS
    said = [each.sound_id for each in by_words(words, EVERYTHING, 5).candidates(None)]
    assert len(said) == len(set(said)) == SOUNDS / 5
    # The pool is fused; what follows stays in the order in which it is heard.
    tail = [id_ for id_ in heard if id_ in set(found[-100:])]
    assert found[-100:] == tail


@pytest.mark.parametrize("pool", [50, 20])
def test_the_order_is_the_same_however_many_are_asked_for(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch, pool: int
) -> None:
    monkeypatch.setattr("foundsound.search.tiers.POOL", pool)
    ear, words = sides(indexes, 3.0, calibrated=True)
    ranks = _ranks(by_both(ear, words, EVERYTHING, 10))
    for limit in (1, pool, 2 * pool, 3 * pool, SOUNDS, 10 * SOUNDS):
        assert _ranks(by_both(ear, words, EVERYTHING, limit)) == ranks
    # What is heard further down comes after all that words bring.
    said = [at for at, (_, _, rank) in enumerate(ranks) if rank]
    assert len(said) == SOUNDS / 5
    assert said[-1] < 4 * pool + FURTHER


def test_whatever_is_said_well_enough_is_found(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.search.tiers.POOL", 10)
    monkeypatch.setattr("foundsound.search.tiers.FURTHER", 15)
    ear, words = sides(indexes, 3.0, calibrated=True)
    unheard = Threshold(ear.scale, math.inf, 0.0)
    for limit in (1, SOUNDS):
        found = list(by_both(ear, words, EVERYTHING, limit).candidates(unheard))
        assert len([each for each in found if each.said_rank]) == SOUNDS / 5


def test_it_ends_where_nothing_that_follows_could_answer(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.search.tiers.POOL", 20)
    monkeypatch.setattr("foundsound.search.tiers.FURTHER", 20)
    ear, words = sides(indexes, 3.0, calibrated=True)

    def found(least: float, enough: float) -> list[str]:
        candidates = by_both(ear, words, EVERYTHING, 10).candidates
        return [each.sound_id for each in candidates(Threshold(ear.scale, least, enough))]

    everything = found(-99.0, 1.0)
    assert len(everything) == SOUNDS
    one_tier = found(99.0, 1.0)
    assert 20 < len(one_tier) <= 40
    said = found(99.0, 0.0)  # two tiers more, as words answer
    assert len(one_tier) < len(said) <= 120
    assert everything[: len(said)] == said
    assert said[: len(one_tier)] == one_tier


def test_the_best_by_ear_is_known_where_parts_decide_the_order(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.search.tiers.POOL", 1)
    ear, words = sides(indexes, 3.0, calibrated=True)
    parts = (TextPart(text="x"), TextPart(text="y"))
    vector = unit_length(VECTORS[7] + 0.3 * VECTORS[8])
    shares = np.array([1.0, 0.3], np.float32)
    composed = Composed(parts, VECTORS[7:9], shares, vector, vector)
    ear = replace(ear, composed=composed, each=True)
    ranked = by_both(ear, words, EVERYTHING, 10)
    assert ranked.best is not None
    assert ranked.best == pytest.approx(float((VECTORS @ vector).max()), abs=1e-4)
    first = next(each for each in ranked.candidates(None) if each.heard_rank == 1)
    assert first.cosine < ranked.best - 0.01  # it resembles both, and the best one of them


def test_a_choice_of_sounds_is_ranked_as_if_there_were_no_others(
    indexes: tuple[VectorIndex, LexicalIndex], catalog: Catalog
) -> None:
    ear, words = sides(indexes, 3.0)
    chosen = frozenset(sound(k) for k in range(0, SOUNDS, 7))
    selection = Selection(Conditions(), chosen, frozenset({sound(0)}))
    found = list(by_both(ear, words, selection, 10).candidates(None))
    assert {each.sound_id for each in found} == chosen - {sound(0)}
    heard = [each.heard_rank for each in found if each.heard_rank]
    assert sorted(heard) == list(range(1, len(chosen)))


@pytest.mark.parametrize(  # 60 sounds share a word
    ("pool", "compared"), [(100, True), (50, True), (50, False), (40, True), (20, False)]
)
def test_the_engine_is_called_twice_for_a_page(
    indexes: tuple[VectorIndex, LexicalIndex],
    monkeypatch: pytest.MonkeyPatch,
    pool: int,
    compared: bool,
) -> None:
    called = counted_calls(indexes, monkeypatch)
    monkeypatch.setattr(indexes[1], "at_once", 0)
    monkeypatch.setattr("foundsound.search.tiers.POOL", pool)
    ear, words = sides(indexes, 3.0, calibrated=True)
    words = replace(words, query=replace(words.query, sharing=60))
    ear = replace(ear, compared=compared)
    candidates = by_both(ear, words, EVERYTHING, 10).candidates(None)
    found = list(islice(candidates, min(pool, FIRST)))
    assert called == ["lexical", "dense"]
    for each in found:
        assert each.window is not None
        vector = each.window.vector
        brought = pool <= FIRST or 0 < each.said_rank <= FIRST
        assert (vector is not None) == (compared and indexes[0].vectors_at_hand and brought)
        if vector is not None:
            stored = VECTORS[int(each.sound_id, 16)]
            np.testing.assert_allclose(vector, stored, atol=1e-5)
    found += islice(candidates, pool - len(found))
    assert any(each.heard_rank == 0 for each in found)
    assert all(each.window is not None for each in found)
    assert called == ["lexical", "dense", *(["dense"] if pool > FIRST else [])]


@pytest.mark.parametrize("at_once", [61, 60, 0])
def test_words_of_the_nearest_are_asked_for_where_not_all_came_at_once(
    indexes: tuple[VectorIndex, LexicalIndex], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    called = counted_calls(indexes, monkeypatch)
    monkeypatch.setattr(indexes[1], "at_once", at_once)
    monkeypatch.setattr("foundsound.search.tiers.POOL", 20)
    ear, words = sides(indexes, 3.0)
    ranks = _ranks(by_both(ear, words, EVERYTHING, 10))
    assert called[:3] == ["lexical", "dense", "dense" if at_once == 61 else "lexical"]
    nearest = {id_: said for id_, heard, said in ranks if 0 < heard <= 20}
    assert any(said > 20 for said in nearest.values())
    share = {id_ for id_ in nearest if SAID[id_].keys() & QUERY.keys()}
    assert {id_ for id_, said in nearest.items() if said} == share


def test_windows_are_found_beside_recordings_that_own_most_of_them(
    indexes: tuple[VectorIndex, LexicalIndex],
) -> None:
    """Words have brought them all; the long one's windows are more than are looked for at once."""
    near = unit_length(VECTORS[7] + 0.1 * VECTORS[:200])
    long, *others = (sound(k) for k in range(0, SOUNDS, 5))
    indexes[0].upsert([WindowPoint(long, 1 + k, 9.0, 19.0, v) for k, v in enumerate(near)])
    ear, words = sides(indexes, 3.0)
    found = {each.sound_id: each for each in by_both(ear, words, EVERYTHING, 10).candidates(None)}
    for id_ in others:
        cosine = float(VECTORS[int(id_, 16)] @ VECTORS[7])
        assert found[id_].cosine == pytest.approx(cosine, abs=1e-5)
    assert found[long].cosine == pytest.approx(float((near @ VECTORS[7]).max()), abs=1e-5)


def test_words_choose_among_what_is_near_when_a_sound_was_shown(
    indexes: tuple[VectorIndex, LexicalIndex], catalog: Catalog
) -> None:
    ear, words = sides(indexes, 3.0)
    shown = Words(words.index, words.query, share=0.5, among_near=True)
    nearest = [each.sound_id for each in by_ear(ear, EVERYTHING, 100).candidates(None)][:100]
    found = list(by_both(ear, shown, EVERYTHING, 10).candidates(None))
    assert {each.sound_id for each in found[:100]} == set(nearest)
    assert any(each.said_rank for each in found[:100])
    assert not any(each.said_rank for each in found[100:])
    assert _ranks(by_both(ear, shown, EVERYTHING, SOUNDS)) == [
        (each.sound_id, each.heard_rank, each.said_rank) for each in found
    ]


def _ranks(ranked: Ranked) -> list[tuple[str, int, int]]:
    return [(each.sound_id, each.heard_rank, each.said_rank) for each in ranked.candidates(None)]
