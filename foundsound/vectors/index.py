"""The VectorIndex protocol: window vectors in, nearest windows out."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_NAMESPACE = uuid.UUID("5f1d0c52-6f0a-5f44-9d27-3a6f3f0b7c11")  # ours alone, fixed for good
HIT_FIELDS = ["sound_id", "start_s", "end_s"]  # of a payload; the others are not read
LEAST_SPARE, MOST_SPARE = 200, 500  # windows


@dataclass(frozen=True)
class WindowPoint:
    """One window's vector on its way into the index."""

    sound_id: str
    index: int  # of the window in its sound
    start_s: float
    end_s: float
    vector: Floats  # float32 [dim], unit length


@dataclass(slots=True)  # not frozen: hundreds are made for a query, at a third of the cost
class WindowHit:
    """One window near a query."""

    sound_id: str
    start_s: float
    end_s: float
    score: float  # cosine
    stored: Callable[[], list[float]] | None = field(default=None, compare=False, repr=False)
    _vector: Floats | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def vector(self) -> Floats | None:
        """float32 ``[dim]``; None when it was not asked for. Made once somebody looks at it."""
        if self._vector is None and self.stored is not None:
            self._vector = np.array(self.stored(), np.float32)
        return self._vector


@dataclass(frozen=True)
class Nearest:
    """One search of several."""

    limit: int
    only: Collection[str] | None = None
    with_vectors: bool = False


class VectorIndex(Protocol):
    """The vectors of one space. Safe to use from several threads.

    Every method raises LibraryError when the store cannot do its work.
    """

    vectors_at_hand: bool  # some dozens of hits carry theirs for less than a further call costs

    def upsert(self, points: Sequence[WindowPoint]) -> None:
        """Add or replace points, durably when it returns. Doing it twice changes nothing."""

    def search(
        self,
        vector: Floats,
        limit: int,
        exclude: Collection[str] = (),
        *,
        only: Collection[str] | None = None,
        with_vectors: bool = False,
    ) -> list[WindowHit]:
        """The ``limit`` windows nearest by cosine, best first, none of the ``exclude`` sounds.

        Args:
            vector: float32 ``[dim]``, unit length.
            only: choose from these sounds alone. Exact however few they are, but it costs about
                15 microseconds a sound.
            with_vectors: the hits carry their own vectors.
        """

    def search_batch(self, vector: Floats, searches: Sequence[Nearest]) -> list[list[WindowHit]]:
        """For each of them what :meth:`search` finds, in one call of the engine."""

    def sample(self, count: int) -> Floats:
        """Vectors of ``count`` windows, or of all there are, float32 ``[n, dim]``.

        Without regard to their content, and the same ones as long as nothing is written: those of
        the smallest point ids, which are hashes.
        """

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """Remove every window of these sounds; unknown ones are no error."""

    def vectors_of(self, sound_id: str) -> Floats:
        """A sound's window vectors in order, float32 ``[n, dim]``; n = 0 for an unknown sound."""

    def windows_of(self, sound_id: str) -> list[WindowPoint]:
        """A sound's windows in order, each with its vector; none for an unknown sound."""

    def windows_of_sounds(self, sound_ids: Collection[str]) -> list[WindowPoint]:
        """The windows of several sounds with their vectors, by sound and in order."""

    def count(self) -> int:
        """Windows in the index."""

    def optimize(self) -> None:
        """Bring the index into its fastest form after a batch of changes."""

    def warm(self, stopped: Callable[[], bool]) -> None:
        """Read what searches read, now and after each :meth:`optimize`: they need no disk then.

        Takes seconds for a million windows, and ends early when ``stopped`` says so.
        """

    def close(self) -> None:
        """Release the store; the index is of no use afterwards."""


def payload_of(point: WindowPoint) -> dict[str, str | int | float]:
    """What a point carries beside its vector."""
    return {
        "sound_id": point.sound_id,
        "window": point.index,
        "start_s": point.start_s,
        "end_s": point.end_s,
    }


def hit_of(
    payload: Mapping[str, Any] | None, score: float, vector: Callable[[], list[float]] | None = None
) -> WindowHit:
    """A found point as a hit; the inverse of :func:`payload_of`."""
    fields = payload or {}
    return WindowHit(fields["sound_id"], fields["start_s"], fields["end_s"], score, vector)


def oversampling(limit: int) -> float:
    """Windows whose exact scores an index of codes looks at, for each that is asked for.

    As many again, but 200 at least, or recall@10 falls as a library grows, and 500 at most: each is
    read from the disk, and what a code misplaces lies near its place, however deep one looks.
    """
    return 1 + min(max(limit, LEAST_SPARE), MOST_SPARE) / limit


def matrix(rows: Sequence[list[float]], dim: int) -> Floats:
    """Vectors as a store gives them, as float32 ``[n, dim]``."""
    return np.array(rows, np.float32).reshape(len(rows), dim)


def point_of(payload: Mapping[str, Any] | None, vector: list[float]) -> WindowPoint:
    """A stored point with its vector; the inverse of :func:`payload_of`."""
    fields = payload or {}
    return WindowPoint(
        sound_id=fields["sound_id"],
        index=fields["window"],
        start_s=fields["start_s"],
        end_s=fields["end_s"],
        vector=np.array(vector, np.float32),
    )


def vectors_in_order(points: Sequence[WindowPoint], dim: int) -> Floats:
    """The vectors of points, float32 ``[n, dim]``."""
    return np.stack([p.vector for p in points]) if points else np.zeros((0, dim), np.float32)


def in_order(points: Iterable[WindowPoint]) -> list[WindowPoint]:
    """Points by their sound and by their place in it."""
    return sorted(points, key=lambda point: (point.sound_id, point.index))


def point_id(space_key: str, sound_id: str, index: int) -> str:
    """A window's id: the same window always has the same one, so that writing is idempotent."""
    return str(uuid.uuid5(_NAMESPACE, f"{space_key}/{sound_id}/{index}"))
