"""Puts what is near the sum of a query's parts in the order in which it resembles the parts.

The sum is what the engine can look for, but not what is meant. Of the nearest ``POOL`` sounds the
strength of each part is looked at, in one window:

- Texts beside sounds: strengths count by their logarithms, so that what has both comes before what
  has much of one. Measured with ``starter``: given "dog barking" and a far rooster, 51 of 72 such
  pairs bring the distant dog before the close one, and given a close rooster, 63 bring the close
  one first. Of 24 pairs of a sound and a text that lead to a third sound of the demo library, 17
  have that first, as by the sum; 11 when weights are not evened out, see ``compose.py``.
- ``combine="each"``: the wanted part that a sound resembles least decides, so that what is between
  two sounds is found and not the twin of one. The weights are the place on the way: a part of half
  the weight of the heaviest needs half its strength, less half of ``SLACK``. Without that a part of
  nearly no weight would decide, as its strength is by chance as often below the mean as above.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.search.compose import SUBTRACTED, Composed
from foundsound.search.strength import scale_of
from foundsound.vectors.index import WindowHit

SLACK = 3.0  # deviations below the mean that a part of no weight may have
POOL = 200  # sounds that are looked at; further ones come after them by the sum


def by_resemblance(
    composed: Composed, calibration: Calibration, each: bool, hits: Iterator[WindowHit]
) -> Iterator[WindowHit]:
    """The hits in the new order; equal ones stay in the order they had.

    Args:
        each: the least resemblance decides.
        hits: with their vectors, nearest to the sum first.
    """
    pool = list(islice(hits, POOL))
    if pool:
        windows = np.stack([hit.vector for hit in pool if hit.vector is not None])
        strengths = part_strengths(composed, calibration, windows)
        weights = np.array([part.weight for part in composed.parts], np.float32)[:, None]
        wanted = np.array([not part.negative for part in composed.parts])
        if each:
            worth = _least(strengths[wanted], weights[wanted] / weights[wanted].max())
        else:
            signed = np.where(wanted[:, None], weights, -SUBTRACTED * weights)
            worth = (signed * np.log1p(np.maximum(strengths, 0.0))).sum(axis=0)
        yield from (pool[at] for at in np.argsort(-worth, kind="stable"))
    yield from hits


def _least(strengths: Floats, shares: Floats) -> Floats:
    """What of the heaviest part's strength a sound comes up to in each part, at least.

    Args:
        strengths: float32 ``[parts, sounds]``.
        shares: of the heaviest part's weight, float32 ``[parts, 1]``.
    """
    eased = strengths + SLACK * (1 - shares)
    worth: Floats = np.where(eased > 0, eased / shares, eased).min(axis=0)
    return worth


def part_strengths(composed: Composed, calibration: Calibration, windows: Floats) -> Floats:
    """How strong each part is in each window, ``[n, dim]``: float32 ``[parts, n]``."""
    one = np.ones(1, np.float32)
    return np.stack(
        [
            scale_of(calibration, [part], vector[None], one).strengths(windows @ vector)
            for part, vector in zip(composed.parts, composed.vectors, strict=True)
        ]
    )
