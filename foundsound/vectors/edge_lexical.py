"""Terms in a Qdrant Edge shard of their own, beside those of the spaces."""

import threading
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import qdrant_edge as edge

from foundsound.vectors.disk_room import check_room, has_room_for_copy
from foundsound.vectors.edge import guarded, make_shard
from foundsound.vectors.lexical import (
    LexicalPoint,
    SparseTerms,
    point_of,
    sound_of,
)
from foundsound.vectors.lexical_hits import LexicalHits

TERMS = "terms"
_CONFIG = edge.EdgeConfig(
    vectors={},
    sparse_vectors={TERMS: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
    wal_enabled=True,
)


class EdgeLexicalIndex:
    """A LexicalIndex on a shard in ``directory``, made when it is not there.

    Raises:
        LibraryError: the shard is damaged.
    """

    at_once = 400  # 0.2 ms at 300,000 sounds; more are needed by 2 % of queries, where many tie
    most_read = 2000  # a microsecond each, which the embedding of a text takes longer than

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # Edge serialises its own calls; ours keeps close() from pulling the shard from under one.
        self._lock = threading.Lock()
        if not directory.exists():
            make_shard(directory, _CONFIG, [])
        self._shard = guarded(
            lambda: edge.EdgeShard.load(str(directory), _CONFIG),
            f"The lexical index in {directory} cannot be opened",
        )

    def upsert(self, points: Sequence[LexicalPoint]) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        if points:
            rows = [edge.Point(point_of(p.sound_id), {TERMS: _sparse(p.terms)}, {}) for p in points]
            self._update(edge.UpdateOperation.upsert_points(rows))

    def search(
        self,
        terms: SparseTerms,
        limit: int,
        *,
        only: Collection[str] | None = None,
    ) -> LexicalHits:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        request = _request(_sparse(terms), limit, only)
        with self._lock:
            found = guarded(lambda: self._shard.query(request), "The lexical index failed")
        return _hits(found)

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        if sound_ids:
            ids: list[edge.PointId] = [point_of(id_) for id_ in sorted(sound_ids)]
            self._update(edge.UpdateOperation.delete_points(ids))

    def count(self) -> int:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        with self._lock:
            every = edge.CountRequest(exact=True)
            return guarded(lambda: self._shard.count(every), "The lexical index failed")

    def optimize(self) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        if has_room_for_copy(self._directory):
            with self._lock:
                guarded(self._shard.optimize, "The lexical index failed")

    def close(self) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        with self._lock:
            guarded(self._shard.close, "The lexical index failed")

    def _update(self, operation: edge.UpdateOperation) -> None:
        def update_and_flush() -> None:
            self._shard.update(operation)
            self._shard.flush()  # Edge acknowledges before it is safe from a power cut

        check_room(self._directory)
        with self._lock:
            guarded(update_and_flush, "The lexical index failed")


def _request(
    terms: edge.SparseVector, limit: int, only: Collection[str] | None
) -> edge.QueryRequest:
    return edge.QueryRequest(
        limit=limit,
        query=edge.Query.Nearest(terms, TERMS),
        filter=_chosen(only),
        with_payload=False,
    )


def _hits(points: Sequence[edge.ScoredPoint]) -> LexicalHits:
    return LexicalHits([point.score for point in points], lambda at: sound_of(points[at].id))


def _sparse(terms: SparseTerms) -> edge.SparseVector:
    return edge.SparseVector(terms.ids.tolist(), terms.weights.tolist())


def _chosen(only: Collection[str] | None) -> edge.Filter | None:
    if only is None:
        return None
    return _only(only) if isinstance(only, frozenset) else edge.Filter(must=[_with_ids(only)])


@lru_cache(maxsize=4)  # ids that come again and again
def _only(sound_ids: frozenset[str]) -> edge.Filter:
    return edge.Filter(must=[_with_ids(sound_ids)])


def _with_ids(sound_ids: Collection[str]) -> edge.HasIdCondition:
    return edge.HasIdCondition({point_of(id_) for id_ in sound_ids})
