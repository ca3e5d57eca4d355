"""Ranks by the wanted part that a sound resembles least: what is like both and not just like one.

The nearest to the sum of two sounds may be the twin of one of them. So each part's strength in the
nearest ``POOL`` is looked at, and the weakest decides. A part of half the weight of the heaviest
needs half its strength: between two sounds, the weights are the place on the way.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.search.compose import Composed
from foundsound.search.strength import scale_of
from foundsound.vectors.index import WindowHit

POOL = 200  # sounds that are looked at; further ones come after them by the sum


def by_least_resemblance(
    composed: Composed, calibration: Calibration | None, hits: Iterator[WindowHit]
) -> Iterator[WindowHit]:
    """The hits, with their vectors, in the new order; equal ones stay in the order they had."""
    pool = list(islice(hits, POOL))
    if pool:
        windows = np.stack([hit.vector for hit in pool if hit.vector is not None])
        least = least_resemblance(composed, calibration, windows)
        yield from (pool[at] for at in np.argsort(-least, kind="stable"))
    yield from hits


def least_resemblance(
    composed: Composed, calibration: Calibration | None, windows: Floats
) -> Floats:
    """Of each window, float32 ``[n, dim]``, the least of the strengths of the wanted parts.

    In a space that is not calibrated the least cosine stands for it.
    """
    one = np.ones(1, np.float32)
    heaviest = max(part.weight for part in composed.parts if not part.negative)
    rows = []
    for part, vector in zip(composed.parts, composed.vectors, strict=True):
        if part.negative:
            continue
        found = windows @ vector
        if calibration is not None:
            found = scale_of(calibration, [part], vector[None], one).strengths(found)
        rows.append(found * (heaviest / part.weight))
    return np.asarray(np.min(rows, axis=0), np.float32)
