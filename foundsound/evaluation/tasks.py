"""The three tasks: which sounds does a text find, which words does a sound, which sounds a sound.

Each counts what does not depend on a model once, and then gives every model's values over the same
queries or sounds.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats
from foundsound.evaluation.chance import (
    Level,
    average_precision_level,
    hit_level,
    ndcg_level,
    precision_level,
    recall_level,
)
from foundsound.evaluation.ranx_metrics import DEPTH, retrieval_values
from foundsound.evaluation.vectors import VectorTable, leading

Values = dict[str, NDArray[np.float64]]  # by figure, one for each query or sound
NEIGHBOURS = 5
_LEVELS = {
    "hit": hit_level,
    "R": recall_level,
    "mAP": average_precision_level,
    "nDCG": ndcg_level,
}


class Task(Protocol):
    """What all three have in common."""

    name: str

    def level(self, figure: str) -> Level:
        """Chance and best of a figure."""


class TextToSound:
    """Every query ranks all sounds.

    Args:
        right: of each query the numbers of its right sounds, at least one.
        total: sounds that are ranked.
        cache_dir: see :func:`~foundsound.evaluation.ranx_metrics.retrieval_values`.
    """

    name = "text to sound"

    def __init__(self, right: Sequence[frozenset[int]], total: int, cache_dir: Path) -> None:
        self._right = right
        self._total = total
        self._cache_dir = cache_dir

    def level(self, figure: str) -> Level:
        """Chance and best of a figure."""
        kind, k = figure.split("@")
        return _LEVELS[kind]([len(ids) for ids in self._right], self._total, int(k))

    def values(self, table: VectorTable, texts: Floats) -> tuple[Values, list[tuple[int, int]]]:
        """Figures by query, and of each query: place of its first right sound, sound on top."""
        found, first = [], list[tuple[int, int]]()
        for scores in table.scores(texts):
            top = leading(scores, DEPTH)
            found.append(top)
            for row, on_top in zip(scores, top[:, 0], strict=True):
                first.append((_best_place(row, self._right[len(first)]), int(on_top)))
        return retrieval_values(np.concatenate(found), self._right, self._cache_dir), first


class ZeroShot:
    """Every sound that answers a query chooses among all queries, and is right with any of its own.

    Args:
        own: of each sound the queries that it answers; none leaves it out.
        choices: how many queries there are.
    """

    name = "zero-shot"

    def __init__(self, own: Sequence[frozenset[int]], choices: int) -> None:
        self._own = own
        self._choices = choices

    def level(self, figure: str) -> Level:
        """Chance and best of a figure."""
        counts = [len(queries) for queries in self._own if queries]
        return hit_level(counts, self._choices, int(figure.removeprefix("top-")))

    def values(self, table: VectorTable, texts: Floats) -> Values:
        """Figures by sound."""
        chosen = np.concatenate([leading(block, 5) for block in table.scores_by_sound(texts)])
        kept = [(own, row) for own, row in zip(self._own, chosen.tolist(), strict=True) if own]
        return {
            f"top-{k}": np.array([not own.isdisjoint(row[:k]) for own, row in kept], np.float64)
            for k in (1, 5)
        }


class SoundToSound:
    """Every sound that shares a query with another ranks all others, as ``search --like`` does.

    P@5 is the share of the five nearest that share a query with it; when there are fewer than five
    others, the missing ones count as wrong.

    Args:
        own: of each sound the queries that it answers.
        right: of each query the sounds that answer it.
    """

    name = "sound to sound"

    def __init__(self, own: Sequence[frozenset[int]], right: Sequence[frozenset[int]]) -> None:
        self._own = own
        relatives = [
            len(frozenset[int]().union(*(right[query] for query in queries))) - 1 for queries in own
        ]
        self._asking = [sound for sound, count in enumerate(relatives) if count > 0]
        self._counts = [(relatives[sound], len(own) - 1) for sound in self._asking]

    def level(self, figure: str) -> Level:
        """Chance and best of a figure."""
        return precision_level(self._counts, int(figure.removeprefix("P@")))

    def values(self, table: VectorTable) -> Values:
        """Figures by sound; none when no two sounds share a query."""
        shares: list[float] = []
        for scores in table.scores(table.clips[self._asking]):
            asking = self._asking[len(shares) : len(shares) + len(scores)]
            scores[np.arange(len(scores)), asking] = -np.inf
            # The sound itself comes last and is cut off when there are few others.
            nearest = leading(scores, min(NEIGHBOURS, len(table) - 1)).tolist()
            for sound, row in zip(asking, nearest, strict=True):
                related = sum(not self._own[sound].isdisjoint(self._own[other]) for other in row)
                shares.append(related / NEIGHBOURS)
        return {f"P@{NEIGHBOURS}": np.array(shares)} if shares else {}


def _best_place(scores: Floats, right: frozenset[int]) -> int:
    """The place, from 1, of the first right sound; as in ``leading`` the lower wins a tie."""
    numbers = np.array(sorted(right))
    best = numbers[np.argmax(scores[numbers])]
    ahead = np.count_nonzero(scores > scores[best])
    return int(1 + ahead + np.count_nonzero(scores[:best] == scores[best]))
