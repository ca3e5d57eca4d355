"""The LexicalIndex protocol: a sparse vector a sound in, sounds that share terms with a query out.

It stands beside the spaces and knows nothing of them: a point is a sound, not a window, so a rename
rewrites one point, and another model none. The engine weighs each term by its inverse document
frequency (the IDF modifier of Qdrant's sparse vectors): ``ln((N - n + 0.5) / (n + 0.5) + 1)``, for
``n`` of ``N`` sounds that have it. Deleted sounds may count until the engine clears them away.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from foundsound.tracing import span
from foundsound.vectors.lexical_hits import LexicalHit, LexicalHits

OVERFETCH = 2  # many sounds are said equally well, and those at the cut do not count


@dataclass(frozen=True)
class SparseTerms:
    """Terms and what each weighs."""

    ids: NDArray[np.uint32]  # [n], each once
    weights: NDArray[np.float32]  # [n]


@dataclass(frozen=True)
class LexicalPoint:
    """A sound's terms on their way into the index; at least one, or backends count unlike."""

    sound_id: str
    terms: SparseTerms


@dataclass(frozen=True)
class Best:
    """One search of several."""

    limit: int
    only: Collection[str] | None = None


class Beside:
    """What is said of some sounds, found in the call that finds those of which most is said.

    Args:
        sound_ids: which; none = nothing is done.
    """

    def __init__(self, sound_ids: Sequence[str] = ()) -> None:
        self._sound_ids = sound_ids
        self.hits: Iterable[LexicalHit] = ()  # in order, once something was looked for

    def search(
        self, index: "LexicalIndex", terms: SparseTerms, limit: int, only: Collection[str] | None
    ) -> LexicalHits:
        """What the index finds; the first time with what is said of the sounds beside it."""
        ids, self._sound_ids = self._sound_ids, ()
        if not ids:
            return index.search(terms, limit, only=only)
        best, self.hits = index.search_batch(terms, [Best(limit, only), Best(len(ids), ids)])
        return best


class LexicalIndex(Protocol):
    """The terms of one library's sounds. Safe to use from several threads.

    Sound ids are 32 hexadecimal digits. Every method raises LibraryError when the store cannot do
    its work.
    """

    at_once: int  # so many found sounds cost hardly more than none, as long as nobody reads them

    def upsert(self, points: Sequence[LexicalPoint]) -> None:
        """Add or replace sounds, durably when it returns. Doing it twice changes nothing."""

    def search(
        self,
        terms: SparseTerms,
        limit: int,
        *,
        only: Collection[str] | None = None,
    ) -> LexicalHits:
        """The ``limit`` sounds that score best, equal ones by their ids.

        Sounds that share no term are never found. Which of those that score like the last one are
        left out is the engine's choice.

        Args:
            only: choose from these sounds alone; 1,000 cost 0.3 ms.
        """

    def search_batch(self, terms: SparseTerms, searches: Sequence[Best]) -> list[LexicalHits]:
        """For each of them what :meth:`search` finds, in one call of the engine."""

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """Remove these sounds; unknown ones are no error."""

    def count(self) -> int:
        """Sounds in the index."""

    def optimize(self) -> None:
        """Bring the index into its fastest form after a batch of changes."""

    def close(self) -> None:
        """Release the store; the index is of no use afterwards."""


def matching_sounds(
    index: LexicalIndex,
    terms: SparseTerms,
    limit: int,
    exclude: Collection[str] = (),
    *,
    only: Collection[str] | None = None,
    beside: Beside | None = None,
) -> Iterator[LexicalHit]:
    """Yield every sound that shares a term, best first, equal ones by id on every backend.

    The first round fetches ``limit * OVERFETCH`` sounds, or all that come ``at_once``; each further
    one, run only when the caller asks on, fetches four times as many. The few sounds of ``exclude``
    are passed over here: an engine would look at every sound for them.

    Args:
        beside: is looked for in the same call.
    """
    beside = beside or Beside()
    given = 0
    limit = max(limit * OVERFETCH, index.at_once)
    while True:
        with span("engine"):
            hits = beside.search(index, terms, limit, only)
        exhausted = len(hits) < limit
        # Sounds beyond the cut may score like the last one: those wait for the next round.
        certain = len(hits) if exhausted else hits.above_last()
        yield from (hit for hit in islice(hits, given, certain) if hit.sound_id not in exclude)
        if exhausted:
            return
        given = certain
        limit *= 4


def point_of(sound_id: str) -> str:
    """A sound's point id: the same 128 bits, as a UUID is written."""
    h = sound_id  # not by way of uuid.UUID: thousands of ids may be written for one query
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def sound_of(point_id: object) -> str:
    """The inverse of :func:`point_of`."""
    return point_id.hex if isinstance(point_id, uuid.UUID) else str(point_id).replace("-", "")
