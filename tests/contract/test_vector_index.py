"""One suite for every VectorIndex. ``FOUNDSOUND_TEST_QDRANT_URL`` adds a real server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from foundsound.embedding.embedder import unit_length
from foundsound.vectors import edge, many_ids, server
from foundsound.vectors.grouping import Beside, nearest_sounds
from foundsound.vectors.index import Floats, Nearest, VectorIndex, WindowPoint
from tests.contract.stores import OpenStore

DIM = 64
SPACE = "test-space"
Reopen = Callable[[], VectorIndex]


def random_vectors(n: int, seed: int = 0) -> Floats:
    return unit_length(np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32))


def points(sounds: int, windows: int, seed: int = 0) -> list[WindowPoint]:
    vectors = random_vectors(sounds * windows, seed)
    return [
        WindowPoint(f"sound-{k // windows:03}", k % windows, 5.0 * (k % windows), 10.0, vector)
        for k, vector in enumerate(vectors)
    ]


@pytest.fixture
def reopen(open_store: OpenStore) -> Reopen:
    """Opens the same index again after the last one was closed."""
    return lambda: open_store().open(SPACE, DIM)


@pytest.fixture
def index(reopen: Reopen) -> Iterator[VectorIndex]:
    opened = reopen()
    yield opened
    opened.close()


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.count() == 0
    assert list(index.search(random_vectors(1)[0], 10)) == []
    assert list(nearest_sounds(index, random_vectors(1)[0], 10)) == []
    assert index.vectors_of("sound-000").shape == (0, DIM)
    index.delete_sounds(["sound-000"])
    index.upsert([])


def test_scores_are_cosines_and_the_order_is_exact(index: VectorIndex) -> None:
    stored = points(100, 3)
    index.upsert(stored)
    matrix = np.stack([p.vector for p in stored])
    for optimised in (False, True):
        if optimised:
            index.optimize()
        for query in random_vectors(20, seed=1):
            cosines = matrix @ query
            best = np.argsort(-cosines)[:10]
            hits = index.search(query, 10)
            assert [(h.sound_id, h.start_s) for h in hits] == [
                (stored[i].sound_id, stored[i].start_s) for i in best
            ]
            np.testing.assert_allclose([h.score for h in hits], cosines[best], atol=1e-5)
            assert all(h.end_s == 10.0 for h in hits)


def test_writing_twice_changes_nothing(index: VectorIndex) -> None:
    index.upsert(points(5, 2))
    index.upsert(points(5, 2))
    assert index.count() == 10


def test_writing_again_replaces(index: VectorIndex) -> None:
    index.upsert(points(5, 2))
    index.upsert(points(5, 2, seed=9))
    np.testing.assert_allclose(
        index.vectors_of("sound-004"),
        [p.vector for p in points(5, 2, seed=9) if p.sound_id == "sound-004"],
        atol=1e-6,
    )


def test_a_sounds_vectors_come_back_in_order(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (edge, server):
        monkeypatch.setattr(module, "PAGE", 7)  # several pages without thousands of points
    index.upsert(list(reversed(points(2, 40))))
    expected = [p.vector for p in points(2, 40) if p.sound_id == "sound-001"]
    np.testing.assert_allclose(index.vectors_of("sound-001"), expected, atol=1e-6)
    windows = index.windows_of("sound-001")
    stored = [p for p in points(2, 40) if p.sound_id == "sound-001"]
    assert [(w.index, w.start_s, w.end_s) for w in windows] == [
        (p.index, p.start_s, p.end_s) for p in stored
    ]
    assert index.windows_of("sound-999") == []


def test_vectors_of_unit_length_come_back_bit_for_bit(
    index: VectorIndex, request: pytest.FixtureRequest
) -> None:
    index.upsert(points(100, 2))
    index.optimize()
    stored = points(100, 2)
    found = index.windows_of_sounds([f"sound-{k:03}" for k in range(100)])
    vectors, kept = np.stack([p.vector for p in stored]), np.stack([p.vector for p in found])
    if request.node.callspec.params["open_store"] == "local":  # it divides by the length again
        np.testing.assert_allclose(kept, vectors, rtol=2**-21)
    else:
        np.testing.assert_array_equal(kept, vectors)


def test_deleting_takes_all_windows_of_a_sound_and_no_others(index: VectorIndex) -> None:
    index.upsert(points(10, 3))
    index.optimize()
    index.delete_sounds(["sound-003", "sound-007", "never-there"])
    assert index.count() == 24
    found = {hit.sound_id for hit in index.search(random_vectors(1)[0], 30)}
    assert found == {f"sound-{k:03}" for k in range(10)} - {"sound-003", "sound-007"}


def test_excluded_sounds_are_not_found(index: VectorIndex) -> None:
    stored = points(10, 3)
    index.upsert(stored)
    hits = index.search(stored[0].vector, 5, exclude=["sound-000"])
    assert len(hits) == 5
    assert "sound-000" not in {hit.sound_id for hit in hits}
    others = list(nearest_sounds(index, stored[0].vector, 1, exclude=["sound-000"]))
    assert {hit.sound_id for hit in others} == {f"sound-{k:03}" for k in range(1, 10)}


def test_everything_is_there_after_reopening(reopen: Reopen) -> None:
    first = reopen()
    first.upsert(points(20, 2))
    expected = first.search(random_vectors(1, seed=3)[0], 7)
    first.close()
    again = reopen()
    assert again.count() == 40
    found = again.search(random_vectors(1, seed=3)[0], 7)
    assert [(h.sound_id, h.start_s) for h in found] == [(h.sound_id, h.start_s) for h in expected]
    again.close()


def test_each_sound_once_by_its_best_window(index: VectorIndex) -> None:
    stored = points(40, 5)
    index.upsert(stored)
    query = random_vectors(1, seed=5)[0]
    hits = list(nearest_sounds(index, query, 8))
    best: dict[str, float] = {}
    for p in stored:
        best[p.sound_id] = max(best.get(p.sound_id, -1.0), float(p.vector @ query))
    ranked = sorted(best, key=lambda id_: -best[id_])
    assert [hit.sound_id for hit in hits] == ranked


def test_a_long_recording_does_not_crowd_out_the_others(index: VectorIndex) -> None:
    query = random_vectors(1, seed=5)[0]
    near = unit_length(query + 0.05 * random_vectors(60, seed=6))
    index.upsert([WindowPoint("long", i, 5.0 * i, 5.0 * i + 10, v) for i, v in enumerate(near)])
    index.upsert(points(6, 1))
    hits = list(nearest_sounds(index, query, 3))
    assert hits[0].sound_id == "long"
    assert {hit.sound_id for hit in hits} == {"long", *(f"sound-{k:03}" for k in range(6))}


def test_vectors_may_come_with_the_first_round_alone(index: VectorIndex) -> None:
    index.upsert(
        [WindowPoint(f"{k:032x}", 0, 0.0, 10.0, v) for k, v in enumerate(random_vectors(40))]
    )
    query = random_vectors(1, seed=5)[0]
    hits = list(nearest_sounds(index, query, 3, first_with_vectors=True))
    carried = [hit.vector is not None for hit in hits]
    first = carried.index(False)
    assert len(hits) == 40
    assert 3 <= first <= 6  # two windows a sound were asked for
    assert not any(carried[first:])
    every = nearest_sounds(index, query, 3, with_vectors=True)
    assert all(hit.vector is not None for hit in every)


def test_windows_of_some_sounds_are_found_beside_the_nearest(index: VectorIndex) -> None:
    index.upsert(points(40, 3))
    query = random_vectors(1, seed=5)[0]
    some = [f"sound-{k:03}" for k in range(0, 40, 3)]
    beside = Beside([*some, "never-there"], with_vectors=True)
    hits = list(nearest_sounds(index, query, 3, beside=beside))
    best = {hit.sound_id: hit for hit in nearest_sounds(index, query, 3)}
    assert {hit.sound_id for hit in hits} == best.keys()
    assert beside.best.keys() == {*some, "never-there"}
    assert beside.best["never-there"] is None
    for id_ in some:
        hit = beside.best[id_]
        assert hit is not None
        assert hit.vector is not None
        assert (hit.sound_id, hit.start_s) == (id_, best[id_].start_s)


def test_what_long_recordings_crowd_out_is_not_taken_for_missing(index: VectorIndex) -> None:
    index.upsert(points(6, 1))
    query = random_vectors(1, seed=5)[0]
    near = unit_length(query + 0.05 * random_vectors(60, seed=6))
    index.upsert([WindowPoint("long", i, 5.0 * i, 5.0 * i + 10, v) for i, v in enumerate(near)])
    beside = Beside(["long", "sound-001", "never-there"])
    list(nearest_sounds(index, query, 3, beside=beside))
    assert beside.best.keys() == {"long"}


def test_equal_scores_are_ordered_by_sound(index: VectorIndex) -> None:
    vector = random_vectors(1)[0]
    names = ["d", "b", "a", "c", "e"]
    index.upsert([WindowPoint(name, 0, 0.0, 1.0, vector) for name in names])
    assert [hit.sound_id for hit in nearest_sounds(index, vector, 1)] == sorted(names)


def test_threads_may_write_and_search_at_once(index: VectorIndex) -> None:
    stored = points(80, 2)
    query = random_vectors(1, seed=8)[0]
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(index.upsert, stored[i : i + 20]) for i in range(0, 160, 20)]
        searches = [pool.submit(index.search, query, 5) for _ in range(20)]
    for write in writes:
        write.result()
    for search in searches:
        assert len(search.result()) <= 5
    assert index.count() == 160


def test_only_these_sounds_are_chosen_from(index: VectorIndex) -> None:
    stored = points(60, 3)
    index.upsert(stored)
    query = random_vectors(1, seed=4)[0]
    few = ["sound-003", "sound-041", "never-there"]
    for limit in (1, 4, 50):  # complete, however few they are and wherever they rank
        hits = index.search(query, limit, only=few)
        best = sorted((float(p.vector @ query) for p in stored if p.sound_id in few), reverse=True)
        np.testing.assert_allclose([hit.score for hit in hits], best[:limit], atol=1e-5)
        assert {hit.sound_id for hit in hits} <= set(few)
    assert list(index.search(query, 5, only=[])) == []
    only_one = index.search(query, 50, exclude=["sound-041"], only=few)
    assert {hit.sound_id for hit in only_one} == {"sound-003"}
    grouped = list(nearest_sounds(index, query, 1, only=few))
    assert {hit.sound_id for hit in grouped} == {"sound-003", "sound-041"}


def test_more_sounds_than_fit_into_a_request_are_chosen_from(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_ids, "MOST_IDS", 7)
    stored = points(40, 2)
    index.upsert(stored)
    query = random_vectors(1, seed=4)[0]
    some = [f"sound-{k:03}" for k in range(30)]
    hits = index.search(query, 12, only=some)
    best = sorted((float(p.vector @ query) for p in stored if p.sound_id in some), reverse=True)
    np.testing.assert_allclose([hit.score for hit in hits], best[:12], atol=1e-5)


def test_several_searches_in_one_call_find_what_each_finds_alone(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.upsert(points(40, 3))
    query = random_vectors(1, seed=4)[0]
    some = [f"sound-{k:03}" for k in range(0, 40, 3)]
    searches = [Nearest(7), Nearest(50, some), Nearest(5, []), Nearest(4, some[:2])]
    alone = [index.search(query, each.limit, only=each.only) for each in searches]
    assert [len(hits) for hits in alone] == [7, 42, 0, 4]
    for most in (many_ids.MOST_IDS, 5):  # sounds in one request
        monkeypatch.setattr(many_ids, "MOST_IDS", most)
        for hits, expected in zip(index.search_batch(query, searches), alone, strict=True):
            assert [(h.sound_id, h.start_s) for h in hits] == [
                (h.sound_id, h.start_s) for h in expected
            ]
            np.testing.assert_allclose(
                [h.score for h in hits], [h.score for h in expected], atol=1e-6
            )
    carrying, bare = index.search_batch(query, [Nearest(7, some, with_vectors=True), Nearest(7)])
    assert all(hit.vector is None for hit in bare)
    for hit in carrying:
        assert hit.vector is not None
        assert float(hit.vector @ query) == pytest.approx(hit.score, abs=1e-5)


def test_hits_carry_their_vectors_when_asked(index: VectorIndex) -> None:
    stored = {(p.sound_id, p.start_s): p.vector for p in points(20, 2)}
    index.upsert(points(20, 2))
    query = random_vectors(1, seed=4)[0]
    assert all(hit.vector is None for hit in index.search(query, 5))
    for hit in index.search(query, 5, with_vectors=True):
        assert hit.vector is not None
        np.testing.assert_allclose(hit.vector, stored[hit.sound_id, hit.start_s], atol=1e-6)


def test_a_sample_is_part_of_the_index_and_stays(index: VectorIndex) -> None:
    assert index.sample(5).shape == (0, DIM)
    stored = points(30, 2)
    index.upsert(stored)
    sample = index.sample(12)
    assert sample.shape == (12, DIM)
    cosines = sample @ np.stack([p.vector for p in stored]).T
    assert len(set(cosines.argmax(axis=1))) == 12  # twelve different ones
    np.testing.assert_allclose(cosines.max(axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(index.sample(12), sample)
    assert index.sample(1000).shape == (60, DIM)
