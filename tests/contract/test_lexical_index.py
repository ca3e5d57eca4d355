"""One suite for every LexicalIndex. ``FOUNDSOUND_TEST_QDRANT_URL`` adds a real server."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
import pytest

from foundsound.errors import LibraryError
from foundsound.vectors import many_ids
from foundsound.vectors.index import WindowPoint
from foundsound.vectors.lexical import (
    FirstRound,
    LexicalIndex,
    LexicalPoint,
    SparseTerms,
    matching_sounds,
)
from foundsound.vectors.lexical_hits import LexicalHits
from foundsound.vectors.server_store import ServerStore
from foundsound.vectors.store import space_name
from tests.contract.stores import OpenStore

KEY = "words-test"
HIGHEST = 2**32 - 1
Reopen = Callable[[], LexicalIndex]


def sound(number: int) -> str:
    return f"{number:032x}"


def terms(weights: dict[int, float]) -> SparseTerms:
    return SparseTerms(
        np.array(list(weights), np.uint32), np.array(list(weights.values()), np.float32)
    )


def random_sounds(count: int, seed: int = 0) -> dict[str, dict[int, float]]:
    """Terms as skewed as words are: a few in most sounds, most in a few."""
    rng = np.random.default_rng(seed)
    return {
        sound(k): {
            int(term): float(rng.uniform(0.2, 2.0))
            for term in set((rng.zipf(1.3, size=12) * 2_654_435_761 % 2**32).tolist())
        }
        for k in range(count)
    }


def expected(stored: dict[str, dict[int, float]], asked: dict[int, float]) -> dict[str, float]:
    """Scores by the formula of the protocol, of the sounds that share a term."""
    total = len(stored)

    def idf(term: int) -> float:
        having = sum(term in own for own in stored.values())
        return math.log((total - having + 0.5) / (having + 0.5) + 1)

    scores = {
        id_: sum(weight * own[term] * idf(term) for term, weight in asked.items() if term in own)
        for id_, own in stored.items()
        if asked.keys() & own.keys()
    }
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def write(index: LexicalIndex, stored: dict[str, dict[int, float]]) -> None:
    index.upsert([LexicalPoint(id_, terms(own)) for id_, own in stored.items()])


def ids(index: LexicalIndex, asked: dict[int, float], limit: int = 10) -> list[str]:
    return [hit.sound_id for hit in index.search(terms(asked), limit)]


@pytest.fixture
def reopen(open_store: OpenStore) -> Reopen:
    """Opens the same index again after the last one was closed."""
    return lambda: open_store().open_words(KEY)


@pytest.fixture
def index(reopen: Reopen) -> Iterator[LexicalIndex]:
    opened = reopen()
    yield opened
    opened.close()


def test_an_empty_index_finds_nothing(index: LexicalIndex) -> None:
    assert index.count() == 0
    assert list(index.search(terms({1: 1.0}), 10)) == []
    index.delete_sounds([sound(1)])
    index.upsert([])


def test_more_than_one_request_takes_is_written_at_once(index: LexicalIndex) -> None:
    write(index, {sound(k): {1: 1.0, k + 2: 1.0} for k in range(600)})
    assert index.count() == 600
    assert ids(index, {601: 1.0}) == [sound(599)]


def test_scores_follow_the_formula_and_so_does_the_order(index: LexicalIndex) -> None:
    stored = random_sounds(200)
    write(index, stored)
    rng = np.random.default_rng(1)
    every = sorted({term for own in stored.values() for term in own})
    for optimised in (False, True):
        if optimised:
            index.optimize()
        for _ in range(20):
            asked = {int(t): float(rng.uniform(0.3, 1.0)) for t in rng.choice(every, 4, False)}
            scores = expected(stored, asked)
            hits = index.search(terms(asked), 200)
            assert {hit.sound_id for hit in hits} == scores.keys()
            assert [hit.score for hit in hits] == pytest.approx(list(scores.values()), rel=1e-4)
            for hit in hits:
                assert hit.score == pytest.approx(scores[hit.sound_id], rel=1e-4)
            assert list(index.search(terms(asked), 3)) == hits[:3]


def test_equal_scores_are_ordered_by_sound(index: LexicalIndex) -> None:
    write(index, {sound(k): {HIGHEST: 1.0} for k in (9, 3, 7, 1)})
    assert ids(index, {HIGHEST: 1.0}) == [sound(k) for k in (1, 3, 7, 9)]


def test_writing_again_replaces(index: LexicalIndex) -> None:
    write(index, {sound(k): {5: 1.0, 6: 1.0} for k in range(4)})
    write(index, {sound(2): {7: 1.0}, sound(1): {5: 1.0, 6: 1.0}})
    assert index.count() == 4
    assert ids(index, {5: 1.0}) == [sound(k) for k in (0, 1, 3)]
    assert ids(index, {7: 1.0}) == [sound(2)]


def test_deleted_sounds_are_gone(index: LexicalIndex) -> None:
    write(index, {sound(k): {5: 1.0} for k in range(6)})
    index.optimize()
    index.delete_sounds([sound(2), sound(4), sound(77)])
    assert index.count() == 4
    assert ids(index, {5: 1.0}) == [sound(k) for k in (0, 1, 3, 5)]


def test_only_and_exclude_choose_and_do_not_change_scores(index: LexicalIndex) -> None:
    stored = random_sounds(100)
    write(index, stored)
    asked = dict.fromkeys(list(stored[sound(0)])[:3], 1.0)
    every = {hit.sound_id: hit.score for hit in index.search(terms(asked), 100)}
    some = [*list(every)[::3], sound(12_345)]
    only = index.search(terms(asked), 100, only=some)
    assert {h.sound_id: h.score for h in only} == pytest.approx(
        {id_: score for id_, score in every.items() if id_ in some}
    )
    others = matching_sounds(index, terms(asked), 3, exclude=some)
    assert {h.sound_id for h in others} == every.keys() - set(some)
    assert list(index.search(terms(asked), 100, only=[])) == []
    both = matching_sounds(index, terms(asked), 100, exclude=some[:1], only=some[:2])
    assert [h.sound_id for h in both] == [some[1]]


def test_more_sounds_than_fit_into_a_request_are_chosen_from(
    index: LexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = random_sounds(100)
    write(index, stored)
    asked = dict.fromkeys(list(stored[sound(0)])[:3], 1.0)
    whole = list(index.search(terms(asked), 10, only=list(stored)[:80]))
    monkeypatch.setattr(many_ids, "MOST_IDS", 7)
    assert list(index.search(terms(asked), 10, only=list(stored)[:80])) == whole


def graded_sounds() -> dict[str, dict[int, float]]:
    """Sixty that share a term, no two with the same weight."""
    return {sound(k): {1: 1.0 + k, 2 + k % 3: 1.0} for k in range(60)}


@pytest.mark.parametrize("at_once", [61, 60, 0])
def test_what_is_said_of_some_sounds_is_known_or_asked_for(
    index: LexicalIndex, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    write(index, graded_sounds())
    monkeypatch.setattr(index, "at_once", at_once)
    asked, some = terms({1: 1.0, 3: 0.5}), [sound(k) for k in range(0, 60, 4)]
    everything = list(matching_sounds(index, asked, 60))
    first = FirstRound()
    best = list(islice(matching_sounds(index, asked, 3, first=first), 3))
    assert best == everything[:3]
    calls: list[int] = []
    search = index.search

    def counted(asked: SparseTerms, limit: int, **given: Any) -> LexicalHits:
        calls.append(limit)
        return search(asked, limit, **given)

    monkeypatch.setattr(index, "search", counted)
    expected = [hit for hit in everything if hit.sound_id in some]
    assert list(first.said_of(index, asked, [*some, sound(77)])) == expected
    assert len(calls) == (0 if at_once == 61 else 1)
    assert list(first.said_of(index, asked, [])) == []
    assert len(calls) <= 1


def test_everything_is_there_after_reopening(reopen: Reopen) -> None:
    stored = random_sounds(50)
    first = reopen()
    write(first, stored)
    asked = dict(list(stored[sound(3)].items())[:2])
    before = list(first.search(terms(asked), 20))
    first.close()
    again = reopen()
    assert again.count() == 50
    assert list(again.search(terms(asked), 20)) == before
    again.close()


def test_threads_may_write_and_search_at_once(index: LexicalIndex) -> None:
    stored = random_sounds(160)
    groups = [dict(list(stored.items())[i : i + 20]) for i in range(0, 160, 20)]
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(write, index, group) for group in groups]
        searches = [pool.submit(ids, index, {1: 1.0}) for _ in range(20)]
    for write_done in writes:
        write_done.result()
    for search in searches:
        search.result()
    assert index.count() == 160


def test_it_stands_beside_the_spaces(open_store: OpenStore) -> None:
    store = open_store()
    words, space = store.open_words(KEY), store.open("space", 4)
    write(words, {sound(1): {5: 1.0}})
    space.upsert([WindowPoint(sound(1), 0, 0.0, 1.0, np.eye(4, dtype=np.float32)[0])])
    space.close()
    store.drop("space")
    assert words.count() == 1
    assert store.serving() is None
    words.close()
    store.drop(KEY)
    assert not store.exists(KEY)
    anew = store.open_words(KEY)
    assert anew.count() == 0
    anew.close()


def test_terms_made_in_another_way_are_refused(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.open_words(KEY).close()
    module = "server_store" if isinstance(store, ServerStore) else "edge_store"
    monkeypatch.setattr(f"foundsound.vectors.{module}.space_name", lambda _: space_name(KEY))
    with pytest.raises(LibraryError, match="belong to the space 'words-test'"):
        store.open_words("words-2")
