"""Requests of Qdrant's REST API as calls of qdrant-client's local mode."""

from typing import Any

import numpy as np
from qdrant_client import QdrantClient, models


def as_products(dense: Any) -> dict[str, models.VectorParams]:
    """The vectors of a cosine collection, as local mode is to keep them."""
    assert all(each.distance == models.Distance.COSINE for each in (dense or {}).values())
    product = {"distance": models.Distance.DOT}
    return {name: each.model_copy(update=product) for name, each in (dense or {}).items()}


def preprocess(vector: Any) -> Any:
    """A dense vector as a server keeps it; whatever else there is stays as it is."""
    if not isinstance(vector, list):
        return vector
    numbers = np.array(vector, np.float32)
    squared = np.dot(numbers, numbers)
    if squared < np.finfo(np.float32).eps or abs(squared - 1) <= 1e-6:
        return vector
    return (numbers / np.sqrt(squared)).tolist()


def query(client: QdrantClient, name: str, body: models.QueryRequest) -> models.QueryResponse:
    return client.query_points(
        name,
        query=preprocess(body.query),
        using=body.using,
        prefetch=body.prefetch,
        query_filter=body.filter,
        search_params=body.params,
        limit=unless_none(body.limit, 10),
        offset=body.offset,
        score_threshold=body.score_threshold,
        lookup_from=body.lookup_from,
        with_payload=unless_none(body.with_payload, False),
        with_vectors=unless_none(body.with_vector, False),
    )


def chosen(body: models.SetPayload | models.DeletePayload | models.DeleteVectors) -> Any:
    if body.points is not None:
        return models.PointIdsList(points=body.points)
    return models.FilterSelector(filter=body.filter or models.Filter())


def unless_none(value: Any, default: Any) -> Any:
    return default if value is None else value
