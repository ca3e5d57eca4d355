"""Other ways to find the nearest windows, and the sounds that they belong to, in one process.

They are given vectors and nothing else: no words, no catalogue, no HTTP, and the query is embedded.
"""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.made_library import MadeLibrary
from benchmarks.random_vectors import Floats

LIMIT = 10
OVERFETCH = 4  # a sound has three windows at most
UPLOAD = 2_000  # points in one call
Answer = Callable[[Floats], list[int]]
"""A unit vector in, numbers of the ten nearest sounds out."""


def numpy_answer(made: MadeLibrary) -> Answer:
    """Brute force: float32 ``matrix @ query`` in memory, ``argpartition``, sort; one thread."""
    matrix = np.array(made.vectors)

    def answer(query: Floats) -> list[int]:
        scores = matrix @ query
        best = np.argpartition(scores, -LIMIT * OVERFETCH)[-LIMIT * OVERFETCH :]
        return _sounds(best[np.argsort(-scores[best])], made)

    return answer


def faiss_answer(made: MadeLibrary) -> Answer:
    """FAISS ``IndexFlatIP``: exact, float32 in memory; one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(made.vectors.shape[1])
    index.add(np.ascontiguousarray(made.vectors))

    def answer(query: Floats) -> list[int]:
        _, found = index.search(query[None], LIMIT * OVERFETCH)
        return _sounds(found[0], made)

    return answer


def qdrant_local_answer(made: MadeLibrary, folder: Path, tick: Callable[[int], object]) -> Answer:
    """qdrant-client's local mode in ``folder``: exact, in Python and numpy."""
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(folder))
    size = made.vectors.shape[1]
    distance = models.Distance.COSINE
    client.create_collection("windows", models.VectorParams(size=size, distance=distance))
    for start in range(0, len(made.vectors), UPLOAD):
        block = made.vectors[start : start + UPLOAD]
        ids = range(start, start + len(block))
        points = models.Batch(ids=list(ids), vectors=block.tolist())
        client.upsert("windows", points)
        tick(len(block))

    def answer(query: Floats) -> list[int]:
        found = client.query_points("windows", query.tolist(), limit=LIMIT * OVERFETCH)
        return _sounds(np.array([point.id for point in found.points]), made)

    return answer


def _sounds(windows: NDArray[np.intp], made: MadeLibrary) -> list[int]:
    return list(islice(dict.fromkeys(made.owners[windows].tolist()), LIMIT))
