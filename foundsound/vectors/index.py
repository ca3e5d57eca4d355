"""The VectorIndex protocol: window vectors in, nearest windows out."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_NAMESPACE = uuid.UUID("5f1d0c52-6f0a-5f44-9d27-3a6f3f0b7c11")  # ours alone, fixed for good


@dataclass(frozen=True)
class WindowPoint:
    """One window's vector on its way into the index."""

    sound_id: str
    index: int  # of the window in its sound
    start_s: float
    end_s: float
    vector: Floats  # float32 [dim], unit length


@dataclass(frozen=True)
class WindowHit:
    """One window near a query."""

    sound_id: str
    start_s: float
    end_s: float
    score: float  # cosine


class VectorIndex(Protocol):
    """The vectors of one space. Safe to use from several threads.

    Every method raises LibraryError when the store cannot do its work.
    """

    def upsert(self, points: Sequence[WindowPoint]) -> None:
        """Add or replace points, durably when it returns. Doing it twice changes nothing."""

    def search(self, vector: Floats, limit: int, exclude: Collection[str] = ()) -> list[WindowHit]:
        """The ``limit`` windows nearest by cosine, best first, none of the ``exclude`` sounds.

        Args:
            vector: float32 ``[dim]``, unit length.
        """

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """Remove every window of these sounds; unknown ones are no error."""

    def vectors_of(self, sound_id: str) -> Floats:
        """A sound's window vectors in order, float32 ``[n, dim]``; n = 0 for an unknown sound."""

    def count(self) -> int:
        """Windows in the index."""

    def optimize(self) -> None:
        """Bring the index into its fastest form after a batch of changes."""

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


def hit_of(payload: Mapping[str, Any] | None, score: float) -> WindowHit:
    """A found point as a hit; the inverse of :func:`payload_of`."""
    fields = payload or {}
    return WindowHit(str(fields["sound_id"]), fields["start_s"], fields["end_s"], score)


def in_order(rows: list[tuple[int, list[float]]], dim: int) -> Floats:
    """(window, vector) pairs, in any order, as float32 ``[n, dim]`` in the order of windows."""
    rows.sort(key=lambda row: row[0])
    return np.array([vector for _, vector in rows], np.float32).reshape(len(rows), dim)


def point_id(space_key: str, sound_id: str, index: int) -> str:
    """A window's id: the same window always has the same one, so that writing is idempotent."""
    return str(uuid.uuid5(_NAMESPACE, f"{space_key}/{sound_id}/{index}"))
