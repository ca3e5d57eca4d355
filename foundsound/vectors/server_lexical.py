"""The same lexical index over qdrant-client: a Qdrant server, or its local mode in tests."""

from collections.abc import Collection, Sequence
from functools import partial

from qdrant_client import QdrantClient, models

from foundsound.vectors.index import Nearest
from foundsound.vectors.lexical import (
    LexicalPoint,
    SparseTerms,
    point_of,
    sound_of,
)
from foundsound.vectors.lexical_hits import LexicalHits
from foundsound.vectors.placement import Placement
from foundsound.vectors.qdrant_calls import QdrantCalls
from foundsound.vectors.server_batch import points_of

TERMS = "terms"
POINTS = 256  # in one request


class ServerLexicalIndex:
    """A LexicalIndex in one collection of ``client``, made when it is not there.

    Args:
        client: documented calls only; it stays open when the index is closed.
        calls: runs them.
        placement: of a collection that is made.

    Raises:
        LibraryError: the server refuses.
        Unavailable: it cannot be reached.
    """

    at_once = 0  # a hundred are 9 kB of JSON
    most_read = 400  # 36 kB, while a text is embedded

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        key: str,
        calls: QdrantCalls,
        placement: Placement,
    ) -> None:
        self._client = client
        self._collection = collection
        self._key = key
        self._placement = placement
        self._run = calls.run
        self._run(self._create)

    def upsert(self, points: Sequence[LexicalPoint]) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        rows = [
            models.PointStruct(
                id=point_of(p.sound_id), vector={TERMS: _sparse(p.terms)}, payload={}
            )
            for p in points
        ]
        for start in range(0, len(rows), POINTS):
            part = rows[start : start + POINTS]
            self._run(partial(self._client.upsert, self._collection, points=part, wait=True))

    def search(
        self,
        terms: SparseTerms,
        limit: int,
        *,
        only: Collection[str] | None = None,
    ) -> LexicalHits:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        sparse = _sparse(terms)
        found = points_of(
            [Nearest(limit, only)],
            lambda each, part: _request(sparse, each.limit, part),
            lambda requests: self._run(
                lambda: self._client.query_batch_points(self._collection, requests)
            ),
        )
        return _hits(found[0])

    def delete_sounds(self, sound_ids: Collection[str]) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`."""
        if sound_ids:
            points = models.PointIdsList(points=[point_of(id_) for id_ in sorted(sound_ids)])
            self._run(
                lambda: self._client.delete(self._collection, points_selector=points, wait=True)
            )

    def count(self) -> int:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`; searches wait for it."""
        return self._run(lambda: self._client.count(self._collection, exact=True).count)

    def optimize(self) -> None:
        """A server optimises by itself."""

    def close(self) -> None:
        """See :class:`~foundsound.vectors.lexical.LexicalIndex`; the store owns the client."""

    def _create(self) -> None:
        if self._client.collection_exists(self._collection):
            return
        try:
            self._client.create_collection(
                self._collection,
                metadata={"space": self._key},
                shard_number=self._placement.shards,
                replication_factor=self._placement.replicas,
                write_consistency_factor=self._placement.write_consistency,
                vectors_config={},
                sparse_vectors_config={
                    TERMS: models.SparseVectorParams(modifier=models.Modifier.IDF)
                },
            )
        except Exception:
            # Another process may have been faster, or our own attempt got through after all.
            if not self._client.collection_exists(self._collection):
                raise


def _request(
    terms: models.SparseVector, limit: int, only: Collection[str] | None
) -> models.QueryRequest:
    return models.QueryRequest(
        query=terms, using=TERMS, limit=limit, filter=_chosen(only), with_payload=False
    )


def _hits(points: Sequence[models.ScoredPoint]) -> LexicalHits:
    return LexicalHits([point.score for point in points], lambda at: sound_of(points[at].id))


def _sparse(terms: SparseTerms) -> models.SparseVector:
    return models.SparseVector(indices=terms.ids.tolist(), values=terms.weights.tolist())


def _chosen(only: Collection[str] | None) -> models.Filter | None:
    return None if only is None else models.Filter(must=[_with_ids(only)])


def _with_ids(sound_ids: Collection[str]) -> models.HasIdCondition:
    return models.HasIdCondition(has_id=[point_of(id_) for id_ in sorted(sound_ids)])
