"""Several searches of one collection in one request, each of any number of sounds."""

from collections.abc import Callable, Collection, Sequence

from qdrant_client import models

from foundsound.vectors.index import Nearest
from foundsound.vectors.many_ids import parts_of


def points_of(
    searches: Sequence[Nearest],
    request: Callable[[Nearest, Collection[str] | None], models.QueryRequest],
    ask: Callable[[list[models.QueryRequest]], Sequence[models.QueryResponse]],
) -> list[list[models.ScoredPoint]]:
    """For each search the points that score best, best first.

    Args:
        request: of a search, for some of its sounds or all.
        ask: sends the requests; returns the answers in their order.

    Returns:
        As many lists as searches, each of at most its ``limit`` points.
    """
    parts = [parts_of(each.only) for each in searches]
    answers = iter(
        ask(
            [request(each, part) for each, own in zip(searches, parts, strict=True) for part in own]
        )
    )
    found = []
    for each, own in zip(searches, parts, strict=True):
        points = [point for _ in own for point in next(answers).points]
        points.sort(key=lambda point: -point.score)  # those of several parts
        found.append(points[: each.limit])
    return found
