"""The embedded store: Qdrant Edge, in process, one owner.

No graph (m = 0) but codes of 4 bits a number in memory (TurboQuant, which turns the vectors first,
so that spiky ones lose nothing) with exact rescoring: at 420,000 vectors of 521 numbers that takes
11 ms of CPU time at recall@10 1.0, two thirds of what int8 took, and spares the HNSW build, which
would hold the GIL for minutes. The caller holds the library's lock *before* an EdgeIndex is made:
a second ``load`` that Edge refuses damages the shard of the process that has it open.
"""

import os
import shutil
import threading
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as edge

from foundsound.errors import LibraryError
from foundsound.vectors.disk_room import check_room, has_room_for_copy
from foundsound.vectors.index import (
    HIT_FIELDS,
    Floats,
    Nearest,
    WindowHit,
    WindowPoint,
    hit_of,
    in_order,
    matrix,
    oversampling,
    payload_of,
    point_id,
    point_of,
    vectors_in_order,
)
from foundsound.vectors.read_ahead import read_ahead

VECTOR = "window"
PAGE = 1000  # points in one scroll
T = TypeVar("T")


class EdgeIndex:
    """A VectorIndex on a Qdrant Edge shard in ``directory``, made when it is not there.

    Raises:
        LibraryError: the shard is damaged, or of another dimension.
        Unavailable: there is none, and the disk is full.
    """

    vectors_at_hand = True

    def __init__(self, directory: Path, space_key: str, dim: int) -> None:
        self._directory = directory
        self._space_key = space_key
        self._dim = dim
        # Edge serialises its own calls; ours keeps close() from pulling the shard from under one.
        self._lock = threading.Lock()
        self._warm_until: Callable[[], bool] | None = None  # None: nobody wants it warm
        if not directory.exists():
            by_sound = edge.UpdateOperation.create_field_index(
                "sound_id", edge.PayloadSchemaType.Keyword
            )
            make_shard(directory, _config(dim), [by_sound])
        self._shard = guarded(
            lambda: edge.EdgeShard.load(str(directory), _config(dim)),
            f"The vectors in {directory} cannot be opened",
        )

    def upsert(self, points: Sequence[WindowPoint]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        if not points:
            return
        rows = [
            edge.Point(
                point_id(self._space_key, p.sound_id, p.index),
                {VECTOR: p.vector.tolist()},
                payload_of(p),
            )
            for p in points
        ]
        self._update(edge.UpdateOperation.upsert_points(rows))

    def search(
        self,
        vector: Floats,
        limit: int,
        exclude: Collection[str] = (),
        *,
        only: Collection[str] | None = None,
        with_vectors: bool = False,
    ) -> list[WindowHit]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        request = _request(vector, limit, _chosen(only, exclude), with_vectors)
        return _hits(self._run(lambda shard: shard.query(request)), with_vectors)

    def search_batch(self, vector: Floats, searches: Sequence[Nearest]) -> list[list[WindowHit]]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        batch = edge.QueryBatchRequest(
            [_request(vector, s.limit, _chosen(s.only, ()), s.with_vectors) for s in searches]
        )
        found = self._run(lambda shard: shard.query_batch(batch))
        return [
            _hits(points, search.with_vectors)
            for points, search in zip(found, searches, strict=True)
        ]

    def sample(self, count: int) -> Floats:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        request = edge.ScrollRequest(limit=count, with_payload=False, with_vector=True)
        found, _ = self._run(lambda shard: shard.scroll(request))
        return matrix([_vector(point) for point in found], self._dim)

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        if sound_ids:
            condition = edge.Filter(must=[_of_sounds(sound_ids)])
            self._update(edge.UpdateOperation.delete_points_by_filter(condition))

    def vectors_of(self, sound_id: str) -> Floats:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return vectors_in_order(self.windows_of(sound_id), self._dim)

    def windows_of(self, sound_id: str) -> list[WindowPoint]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return self.windows_of_sounds([sound_id])

    def windows_of_sounds(self, sound_ids: Collection[str]) -> list[WindowPoint]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        chosen = edge.Filter(must=[_of_sounds(sound_ids)])
        found: list[WindowPoint] = []
        offset: edge.PointId | None = None
        while True:
            page, offset = self._scroll(chosen, offset)
            found += [point_of(point.payload, _vector(point)) for point in page]
            if offset is None:
                return in_order(found)

    def count(self) -> int:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return self._run(lambda shard: shard.count(edge.CountRequest(exact=True)))

    def optimize(self) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        if has_room_for_copy(self._directory):
            self._run(lambda shard: shard.optimize())
        if self._warm_until is not None:
            read_ahead(self._directory, self._warm_until)  # what was written anew

    def warm(self, stopped: Callable[[], bool]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        self._warm_until = stopped
        read_ahead(self._directory, stopped)

    def close(self) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        self._run(lambda shard: shard.close())

    def _scroll(
        self, chosen: edge.Filter, offset: "edge.PointId | None"
    ) -> "tuple[list[edge.Record], edge.PointId | None]":
        request = edge.ScrollRequest(
            limit=PAGE, offset=offset, filter=chosen, with_payload=True, with_vector=True
        )
        return self._run(lambda shard: shard.scroll(request))

    def _update(self, operation: edge.UpdateOperation) -> None:
        def update_and_flush(shard: edge.EdgeShard) -> None:
            shard.update(operation)
            shard.flush()  # Edge acknowledges before it is safe from a power cut

        check_room(self._directory)
        self._run(update_and_flush)

    def _run(self, work: Callable[[edge.EdgeShard], T]) -> T:
        with self._lock:
            return guarded(lambda: work(self._shard), "The vector store failed")


def make_shard(
    directory: Path, config: edge.EdgeConfig, first: Sequence[edge.UpdateOperation]
) -> None:
    """Make an empty shard beside its place, then rename it: a crash leaves no half-made one."""
    partial = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    check_room(partial)

    def make() -> None:
        shard = edge.EdgeShard.create(str(partial), config)
        for operation in first:
            shard.update(operation)
        shard.flush()
        shard.close()

    guarded(make, f"No vector store can be made in {directory}")
    os.replace(partial, directory)


def _config(dim: int) -> edge.EdgeConfig:
    return edge.EdgeConfig(
        vectors={
            VECTOR: edge.EdgeVectorParams(
                size=dim, distance=edge.Distance.Cosine, memory=edge.Memory.Cold
            )
        },
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000),
        quantization_config=edge.TurboQuantQuantizationConfig(
            bits=edge.TurboQuantBitSize.Bits4, memory=edge.Memory.Pinned
        ),
        wal_enabled=True,
    )


def _request(
    vector: Floats, limit: int, chosen: edge.Filter | None, with_vectors: bool
) -> edge.QueryRequest:
    quantization = edge.QuantizationSearchParams(rescore=True, oversampling=oversampling(limit))
    return edge.QueryRequest(
        limit=limit,
        query=edge.Query.Nearest(vector.tolist(), VECTOR),
        filter=chosen,
        params=edge.SearchParams(quantization=quantization),
        with_payload=HIT_FIELDS,
        with_vector=with_vectors,
    )


def _hits(points: Sequence[edge.ScoredPoint], with_vectors: bool) -> list[WindowHit]:
    # A vector becomes a list of floats when it is read: 12 microseconds each, and few are.
    return [
        hit_of(p.payload, p.score, partial(_vector, p) if with_vectors else None) for p in points
    ]


def _of_sounds(sound_ids: Collection[str]) -> edge.FieldCondition:
    return edge.FieldCondition(key="sound_id", match=edge.MatchAny(list(sound_ids)))


def _chosen(only: Collection[str] | None, exclude: Collection[str]) -> edge.Filter | None:
    if only is None and not exclude:
        return None
    if isinstance(only, frozenset) and not exclude:
        return _only(only)
    return edge.Filter(
        must=None if only is None else [_of_sounds(only)],
        must_not=[_of_sounds(exclude)] if exclude else None,
    )


@lru_cache(maxsize=4)  # a third of what a filter of 4,000 ids costs: it comes again and again
def _only(sound_ids: frozenset[str]) -> edge.Filter:
    return edge.Filter(must=[_of_sounds(sound_ids)])


def _vector(point: edge.Record | edge.ScoredPoint) -> list[float]:
    vectors: Any = point.vector  # with_vector=True on a named vector gives a dict
    found: list[float] = vectors[VECTOR]
    return found


def guarded(work: Callable[[], T], what: str) -> T:
    """Do the work; whatever Edge raises becomes a LibraryError that begins with ``what``."""
    try:
        return work()
    except Exception as error:  # Edge raises bare RuntimeError and ValueError from Rust
        raise LibraryError(f"{what}: {error}") from error
