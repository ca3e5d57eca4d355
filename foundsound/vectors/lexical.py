"""The LexicalIndex protocol: a sparse vector a sound in, sounds that share terms with a query out.

It stands beside the spaces and knows nothing of them: a point is a sound, not a window, so a rename
rewrites one point, and another model none. The engine weighs each term by its inverse document
frequency (the IDF modifier of Qdrant's sparse vectors): ``ln((N - n + 0.5) / (n + 0.5) + 1)``, for
``n`` of ``N`` sounds that have it. Deleted sounds may count until the engine clears them away.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from foundsound.tracing import span

OVERFETCH = 2  # many sounds are said equally well, and those at the cut do not count
DIGITS = 4  # of a score; the others are noise of the order of summing up


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


@dataclass(slots=True)  # not frozen: hundreds are made for a query, at a third of the cost
class LexicalHit:
    """A sound that shares a term with the query."""

    sound_id: str
    score: float  # sum over the shared terms of query's weight x IDF x sound's weight
    rounded: float = field(init=False, compare=False, repr=False)  # what ranks go by

    def __post_init__(self) -> None:
        """Round once: it is compared several times."""
        self.rounded = round(self.score, DIGITS)


@dataclass(slots=True)
class Fetched:
    """How far a ranking is at hand."""

    complete: bool = False  # True: all that is still to come needs no call of the engine


class LexicalIndex(Protocol):
    """The terms of one library's sounds. Safe to use from several threads.

    Sound ids are 32 hexadecimal digits. Every method raises LibraryError when the store cannot do
    its work.
    """

    def upsert(self, points: Sequence[LexicalPoint]) -> None:
        """Add or replace sounds, durably when it returns. Doing it twice changes nothing."""

    def search(
        self,
        terms: SparseTerms,
        limit: int,
        *,
        only: Collection[str] | None = None,
    ) -> list[LexicalHit]:
        """The ``limit`` sounds that score best, equal ones by their ids.

        Sounds that share no term are never found. Which of those that score like the last one are
        left out is the engine's choice.

        Args:
            only: choose from these sounds alone; 1,000 cost 0.3 ms.
        """

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
    fetched: Fetched | None = None,
) -> Iterator[LexicalHit]:
    """Yield every sound that shares a term, best first, equal ones by id on every backend.

    The first round fetches ``limit * OVERFETCH`` sounds; each further one, run only when the caller
    asks on, fetches four times as many. The few sounds of ``exclude`` are passed over here: an
    engine would look at every sound for them.

    Args:
        fetched: is told, before a sound is given, whether the others need further rounds.
    """
    fetched = fetched or Fetched()
    given = 0
    limit *= OVERFETCH
    while True:
        with span("engine"):
            hits = index.search(terms, limit, only=only)
        exhausted = fetched.complete = len(hits) < limit
        if not exhausted:
            # Sounds beyond the cut may score like the last one: those wait for the next round.
            cut = hits[-1].rounded
            hits = [hit for hit in hits if hit.rounded > cut]
        yield from (hit for hit in hits[given:] if hit.sound_id not in exclude)
        if exhausted:
            return
        given = len(hits)
        limit *= 4


def point_of(sound_id: str) -> str:
    """A sound's point id: the same 128 bits, as a UUID is written."""
    h = sound_id  # not by way of uuid.UUID: thousands of ids may be written for one query
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def sound_of(point_id: object) -> str:
    """The inverse of :func:`point_of`."""
    return point_id.hex if isinstance(point_id, uuid.UUID) else str(point_id).replace("-", "")


def ordered(hits: list[LexicalHit]) -> list[LexicalHit]:
    """Best first, equal ones by id."""
    return sorted(hits, key=lambda hit: (-hit.rounded, hit.sound_id))
