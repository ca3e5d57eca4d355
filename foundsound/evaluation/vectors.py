"""The vectors of many sounds in one table, and the scores that search would give."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

BLOCK_SCORES = 2**24  # scores held at once: 64 MiB
DECIMALS = 6  # float32 products differ beyond with their place in a matrix: noise decides no rank


@dataclass(frozen=True)
class SoundVectors:
    """One sound: its merged windows, float32 ``[windows, dim]``, and itself as a query, ``[dim]``.

    All vectors have unit length.
    """

    windows: Floats
    clip: Floats


@dataclass(frozen=True)
class VectorTable:
    """Sounds ``0…n-1``, each with at least one window.

    ``windows`` ``[all windows, dim]`` holds one sound after another, ``starts`` ``[n]`` the row of
    each sound's first window, ``clips`` ``[n, dim]`` each sound as a query.
    """

    windows: Floats
    starts: NDArray[np.intp]
    clips: Floats

    @staticmethod
    def of(sounds: Sequence[SoundVectors]) -> "VectorTable":
        """Stack the vectors of at least one sound."""
        counts = [len(sound.windows) for sound in sounds]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
        windows = np.concatenate([sound.windows for sound in sounds])
        return VectorTable(windows, starts, np.stack([sound.clip for sound in sounds]))

    def __len__(self) -> int:
        return len(self.starts)

    def scores(self, queries: Floats) -> Iterator[Floats]:
        """Cosines of queries ``[q, dim]`` with each sound's best window, in blocks ``[≤ q, n]``."""
        step = max(1, BLOCK_SCORES // len(self.windows))
        for first in range(0, len(queries), step):
            cosines = queries[first : first + step] @ self.windows.T
            yield _rounded(np.maximum.reduceat(cosines, self.starts, axis=1))

    def scores_by_sound(self, queries: Floats) -> Iterator[Floats]:
        """The same scores for every sound in turn, in blocks ``[≤ n, q]``."""
        ends = np.append(self.starts[1:], len(self.windows))
        room = max(1, BLOCK_SCORES // max(1, len(queries)))  # windows in a block
        first = 0
        while first < len(self):
            begin = self.starts[first]
            last = max(first + 1, int(np.searchsorted(ends, begin + room, side="right")))
            cosines = self.windows[begin : ends[last - 1]] @ queries.T
            best = np.maximum.reduceat(cosines, self.starts[first:last] - begin, axis=0)
            yield _rounded(best)
            first = last


def _rounded(scores: Floats) -> Floats:
    return np.asarray(np.round(scores, DECIMALS), dtype=np.float32)


def leading(scores: Floats, count: int) -> NDArray[np.intp]:
    """Columns of the ``count`` highest scores of each row, best first; the lower wins a tie.

    Returns:
        ``[rows, min(count, columns)]``.
    """
    count = min(count, scores.shape[1])
    if count == 0:
        return np.zeros((len(scores), 0), np.intp)
    limits = np.partition(scores, -count, axis=1)[:, -count]
    found = np.empty((len(scores), count), np.intp)
    for row, (values, limit) in enumerate(zip(scores, limits, strict=True)):
        columns = np.flatnonzero(values >= limit)
        found[row] = columns[np.argsort(-values[columns], kind="stable")][:count]
    return found
