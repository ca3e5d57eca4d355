"""Hits that are closer to something unwanted than to what is wanted come later.

Closer in deviations: text-audio cosines lie around 0.1, audio-audio ones around 0.8, and each text
has a level of its own, so bare cosines of two parts cannot be compared. Each part is measured
against the same sample of the library: how many deviations above its mean over the sample a window
lies. A window is demoted when an unwanted part gives it more of them than the wanted ones together
do, and at least one: below that it is no more like the unwanted than anything else.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.search.compose import Composed
from foundsound.vectors.index import VectorIndex, WindowHit

SAMPLE = 256  # windows; Edge hands them out in under a millisecond
LEAST = 1.0  # deviations
NARROWEST = 0.02  # a deviation below it is that of a handful of alike sounds
BLOCK = 1000  # the demoted come after the others of as many sounds: bounds the look ahead

Judged = tuple[WindowHit, int | None]


class Demotion:
    """Judges the windows that a query with unwanted parts has found."""

    def __init__(self, index: VectorIndex, composed: Composed) -> None:
        self._unwanted = [at for at, part in enumerate(composed.parts) if part.negative]
        # Row 0 is what is wanted, the others what is not.
        self._rows = np.stack([composed.wanted, *composed.vectors[self._unwanted]])
        background = index.sample(SAMPLE) @ self._rows.T
        self._mean = background.mean(axis=0)
        self._deviation = np.maximum(background.std(axis=0), NARROWEST)

    def culprit(self, window: Floats) -> int | None:
        """The unwanted part that demotes the window, float32 ``[dim]``; None when none does."""
        wanted, *unwanted = (self._rows @ window - self._mean) / self._deviation
        worst = int(np.argmax(unwanted))
        return self._unwanted[worst] if unwanted[worst] > max(wanted, LEAST) else None


def demoted_last(
    index: VectorIndex, composed: Composed, hits: Iterator[WindowHit]
) -> Iterator[Judged]:
    """The hits, the demoted ones of each ``BLOCK`` after the others, and by which part."""
    if not any(part.negative for part in composed.parts):
        yield from ((hit, None) for hit in hits)
        return
    demotion: Demotion | None = None
    while True:
        later: list[Judged] = []
        judged = 0
        for hit in islice(hits, BLOCK):
            judged += 1
            demotion = demotion or Demotion(index, composed)
            assert hit.vector is not None  # a query of several parts asks for them
            culprit = demotion.culprit(hit.vector)
            if culprit is None:
                yield hit, None
            else:
                later.append((hit, culprit))
        yield from later
        if judged < BLOCK:
            return
