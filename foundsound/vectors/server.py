"""The same index over qdrant-client: a Qdrant server, or its local mode in tests."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from qdrant_client import QdrantClient, models

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
from foundsound.vectors.placement import Placement
from foundsound.vectors.qdrant_calls import COUNT_S, QdrantCalls
from foundsound.vectors.server_batch import points_of

VECTOR = "window"
PAGE = 1000
LINKS = 16  # of a window in the HNSW graph
# Fewer windows are compared one by one, in int8: exact, and 50 MB of memory to read for a query.
GRAPH_FROM = 100_000
# No quantile: what it would cut off of the range is what spiky vectors are about.
CODES = models.ScalarQuantization(
    scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
)
MOST_NUMBERS = 500_000  # in one request: 10 MB as JSON, of the 32 MB that a server takes


class ServerIndex:
    """A VectorIndex in one collection of ``client``, made when it is not there.

    Args:
        client: documented calls only; it stays open when the index is closed.
        calls: runs them.
        placement: of a collection that is made.

    Raises:
        LibraryError: the server refuses.
        Unavailable: it cannot be reached.
    """

    vectors_at_hand = False  # 440 of 512 numbers are 2 MB of JSON

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        space_key: str,
        dim: int,
        calls: QdrantCalls,
        placement: Placement,
    ) -> None:
        self._client = client
        self._collection = collection
        self._space_key = space_key
        self._dim = dim
        self._placement = placement
        self._has_graph = False  # as far as we know
        self._run = calls.run
        self._run(self._create)

    def upsert(self, points: Sequence[WindowPoint]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        rows = [
            models.PointStruct(
                id=point_id(self._space_key, p.sound_id, p.index),
                vector={VECTOR: p.vector.tolist()},
                payload=payload_of(p),
            )
            for p in points
        ]
        size = max(1, MOST_NUMBERS // self._dim)
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            self._run(partial(self._client.upsert, self._collection, points=part, wait=True))

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
        return self._search(vector, [Nearest(limit, only, with_vectors)], exclude)[0]

    def search_batch(self, vector: Floats, searches: Sequence[Nearest]) -> list[list[WindowHit]]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return self._search(vector, searches, ())

    def sample(self, count: int) -> Floats:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        found, _ = self._run(
            lambda: self._client.scroll(
                self._collection, limit=count, with_payload=False, with_vectors=True
            )
        )
        return matrix([_vector(point) for point in found], self._dim)

    def _search(
        self,
        vector: Floats,
        searches: Sequence[Nearest],
        exclude: Collection[str],
    ) -> list[list[WindowHit]]:
        found = points_of(
            searches,
            lambda each, part: _request(
                vector, each.limit, _chosen(part, exclude), each.with_vectors
            ),
            lambda requests: self._run(
                lambda: self._client.query_batch_points(self._collection, requests)
            ),
        )
        return [
            _hits(points, each.with_vectors) for points, each in zip(found, searches, strict=True)
        ]

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        if sound_ids:
            selector = models.FilterSelector(filter=models.Filter(must=[_of_sounds(sound_ids)]))
            self._run(
                lambda: self._client.delete(self._collection, points_selector=selector, wait=True)
            )

    def vectors_of(self, sound_id: str) -> Floats:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return vectors_in_order(self.windows_of(sound_id), self._dim)

    def windows_of(self, sound_id: str) -> list[WindowPoint]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return self.windows_of_sounds([sound_id])

    def windows_of_sounds(self, sound_ids: Collection[str]) -> list[WindowPoint]:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        chosen = models.Filter(must=[_of_sounds(sound_ids)])
        found: list[WindowPoint] = []
        offset: models.ExtendedPointId | None = None
        while True:
            page, offset = self._scroll(chosen, offset)
            found += [point_of(point.payload, _vector(point)) for point in page]
            if offset is None:
                return in_order(found)

    def count(self) -> int:
        """See :class:`~foundsound.vectors.index.VectorIndex`."""
        return self._run(
            lambda: self._client.count(self._collection, exact=True, timeout=COUNT_S).count
        )

    def optimize(self) -> None:
        """Have the server build the HNSW graph that a bulk load went without.

        Once there is one, the server keeps it up by itself. Codes of a collection that was made
        when their range was still cut off are made anew.
        """
        if not self._has_graph:
            self._has_graph = self._run(self._ask_for_graph)

    def warm(self, stopped: Callable[[], bool]) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`; the server sees to it."""

    def close(self) -> None:
        """See :class:`~foundsound.vectors.index.VectorIndex`; the client belongs to the store."""

    def _scroll(
        self, chosen: models.Filter, offset: models.ExtendedPointId | None
    ) -> tuple[list[models.Record], models.ExtendedPointId | None]:
        return self._run(
            lambda: self._client.scroll(
                self._collection,
                scroll_filter=chosen,
                limit=PAGE,
                offset=offset,
                with_payload=True,
                with_vectors=True,
            )
        )

    def _create(self) -> None:
        if not self._client.collection_exists(self._collection):
            try:
                self._make()
            except Exception:
                # Another process may have been faster, or our own attempt got through after all.
                if not self._client.collection_exists(self._collection):
                    raise
        # Always: whoever made the collection may have ended here. Twice is no error.
        self._client.create_payload_index(
            self._collection,
            "sound_id",
            # No links within a sound: nobody searches one alone.
            models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, enable_hnsw=False),
            wait=True,
        )

    def _make(self) -> None:
        self._client.create_collection(
            self._collection,
            metadata={"space": self._space_key},
            shard_number=self._placement.shards,
            replication_factor=self._placement.replicas,
            write_consistency_factor=self._placement.write_consistency,
            on_disk_payload=True,
            vectors_config={
                VECTOR: models.VectorParams(
                    size=self._dim, distance=models.Distance.COSINE, on_disk=True
                )
            },
            quantization_config=CODES,
            # No graph while a library is loaded: it would be built again for every segment.
            hnsw_config=models.HnswConfigDiff(m=0),
        )

    def _ask_for_graph(self) -> bool:
        found = self._client.get_collection(self._collection)
        codes = found.config.quantization_config
        if isinstance(codes, models.ScalarQuantization) and codes.scalar.quantile is not None:
            self._client.update_collection(self._collection, quantization_config=CODES)
        if found.config.hnsw_config.m > 0:
            return True
        if (found.points_count or 0) < GRAPH_FROM:
            return False
        return self._client.update_collection(
            self._collection, hnsw_config=models.HnswConfigDiff(m=LINKS)
        )


def _request(
    vector: Floats, limit: int, chosen: models.Filter | None, with_vectors: bool
) -> models.QueryRequest:
    quantization = models.QuantizationSearchParams(rescore=True, oversampling=oversampling(limit))
    return models.QueryRequest(
        query=vector.tolist(),
        using=VECTOR,
        limit=limit,
        filter=chosen,
        params=models.SearchParams(quantization=quantization),
        with_payload=HIT_FIELDS,
        with_vector=with_vectors,
    )


def _hits(points: Sequence[models.ScoredPoint], with_vectors: bool) -> list[WindowHit]:
    return [
        hit_of(p.payload, p.score, partial(_vector, p) if with_vectors else None) for p in points
    ]


def _of_sounds(sound_ids: Collection[str]) -> models.FieldCondition:
    return models.FieldCondition(key="sound_id", match=models.MatchAny(any=sorted(sound_ids)))


def _chosen(only: Collection[str] | None, exclude: Collection[str]) -> models.Filter | None:
    if only is None and not exclude:
        return None
    return models.Filter(
        must=None if only is None else [_of_sounds(only)],
        must_not=[_of_sounds(exclude)] if exclude else None,
    )


def _vector(point: models.Record | models.ScoredPoint) -> list[float]:
    vectors: Any = point.vector  # with_vectors=True on a named vector gives a dict
    found: list[float] = vectors[VECTOR]
    return found
