"""Sounds that share terms with a query, made some at a time as somebody reads them.

The embedded engine finds 800 of them (0.28 ms) in less time than hits are made of 200 (0.42).
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

AT_ONCE = 50  # are made at least
DIGITS = 4  # of a score; the others are noise of the order of summing up


@dataclass(slots=True)  # not frozen: hundreds are made for a query, at a third of the cost
class LexicalHit:
    """A sound that shares a term with the query."""

    sound_id: str
    score: float  # sum over the shared terms of query's weight x IDF x sound's weight
    rounded: float = field(compare=False, repr=False)  # what ranks go by


class LexicalHits(Sequence[LexicalHit]):
    """Best first, equal ones by id.

    Args:
        scores: of all, best first.
        id_at: the sound that has the score at a place.
    """

    def __init__(self, scores: Sequence[float], id_at: Callable[[int], str]) -> None:
        self._scores = scores
        self._id_at = id_at
        self._made: list[LexicalHit] = []

    def __len__(self) -> int:
        return len(self._scores)

    def __iter__(self) -> Iterator[LexicalHit]:
        at = 0
        while at < len(self._made) or self._make_next():
            yield self._made[at]
            at += 1

    @overload
    def __getitem__(self, at: int) -> LexicalHit: ...
    @overload
    def __getitem__(self, at: slice) -> list[LexicalHit]: ...
    def __getitem__(self, at: int | slice) -> LexicalHit | list[LexicalHit]:
        return list(self)[at]

    def read_ids(self) -> None:
        """Read all ids, a microsecond each, before somebody waits for :meth:`of`."""
        ids = [self._id_at(at) for at in range(len(self._scores))]
        self._id_at = ids.__getitem__

    def above_last(self) -> int:
        """How many score more than the last one does."""
        if not self._scores:
            return 0
        least = round(self._scores[-1], DIGITS)
        return bisect_left(self._scores, -least, key=lambda score: -round(score, DIGITS))

    def of(self, sound_ids: Collection[str]) -> list[LexicalHit]:
        """Those of some sounds, in order; what is not made yet is made of them alone."""
        wanted, made = set(sound_ids), len(self._made)
        found = [hit for hit in self._made if hit.sound_id in wanted]
        for at in range(made, len(self._scores)):
            id_ = self._id_at(at)
            if id_ in wanted:
                score = self._scores[at]
                found.append(LexicalHit(id_, score, round(score, DIGITS)))
        return sorted(found, key=_order)

    def _make_next(self) -> bool:
        """Make some more, and all that score like the last of them; False when there are none."""
        scores, start = self._scores, len(self._made)
        end = min(start + AT_ONCE, len(scores))
        if end == start:
            return False
        least = round(scores[end - 1], DIGITS)
        while end < len(scores) and round(scores[end], DIGITS) == least:
            end += 1
        some = [
            LexicalHit(self._id_at(at), scores[at], round(scores[at], DIGITS))
            for at in range(start, end)
        ]
        self._made += sorted(some, key=_order)
        return True


def _order(hit: LexicalHit) -> tuple[float, str]:
    return -hit.rounded, hit.sound_id
