"""Found sounds are in one order on every backend, and are made only as they are read."""

import pytest

from foundsound.vectors import lexical_hits
from foundsound.vectors.lexical_hits import LexicalHit, LexicalHits

# Within each score the engine's order is its own; the last digits are noise.
SCORES = [2.0, 1.00004, 1.0, 0.99997, 0.5, 0.5]
SOUNDS = ["f", "c", "a", "b", "e", "d"]


def hits(made: list[int] | None = None) -> LexicalHits:
    def id_at(at: int) -> str:
        if made is not None:
            made.append(at)
        return SOUNDS[at]

    return LexicalHits(SCORES, id_at)


def test_equal_ones_are_ordered_by_their_ids() -> None:
    assert [hit.sound_id for hit in hits()] == ["f", "a", "b", "c", "d", "e"]
    assert [hit.rounded for hit in hits()] == [2.0, 1.0, 1.0, 1.0, 0.5, 0.5]
    assert hits()[1] == LexicalHit("a", 1.0, 1.0)
    assert hits()[:2] == [LexicalHit("f", 2.0, 2.0), LexicalHit("a", 1.0, 1.0)]


def test_no_more_are_made_than_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical_hits, "AT_ONCE", 1)
    made: list[int] = []
    found = hits(made)
    assert (len(found), found.above_last(), made) == (6, 4, [])
    reading = iter(found)
    next(reading)
    assert made == [0]
    next(reading)
    assert made == [0, 1, 2, 3]  # those that score alike
    assert [hit.sound_id for hit in found] == ["f", "a", "b", "c", "d", "e"]
    assert sorted(made) == [0, 1, 2, 3, 4, 5]


def test_none_are_none() -> None:
    none = LexicalHits([], lambda at: SOUNDS[at])
    assert (list(none), len(none), none.above_last()) == ([], 0, 0)


def test_those_of_some_sounds_are_read_off() -> None:
    found = hits()
    assert [hit.sound_id for hit in found.of(["d", "b", "x", "f"])] == ["f", "b", "d"]
    everything = list(found)
    assert found.of(["d", "b"]) == [everything[2], everything[4]]
    assert found.of([]) == []
