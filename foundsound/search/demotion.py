"""Hits that are closer to something unwanted than to what is wanted come later.

Closer in deviations: text-audio cosines lie around 0.1, audio-audio ones around 0.8, and each text
has a level of its own, so bare cosines of two parts cannot be compared. Each part is measured
against the same sample of the library: how many deviations above its mean over the sample a window
lies. A window is demoted when an unwanted part gives it more of them than the wanted ones together
do, and at least one: below that it is no more like the unwanted than anything else.

A sound whose name, title, description, keywords or tags say all of an unwanted text is demoted as
well, whatever it sounds like.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import Candidate
from foundsound.search.rankings import Ear
from foundsound.vectors.index import VectorIndex
from foundsound.vectors.lexical import LexicalIndex

SAMPLE = 256  # windows; Edge hands them out in under a millisecond
LEAST = 1.0  # deviations
NARROWEST = 0.02  # a deviation below it is that of a handful of alike sounds
SAID = 0.7  # of an unwanted text's words; folders alone, or a category's synonyms, give less
BLOCK = 1000  # the demoted come after the others of as many sounds: bounds the look ahead
AT_ONCE = 100  # sounds that are judged together

Judged = tuple[Candidate, int | None]


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


@dataclass(frozen=True)
class UnwantedWords:
    """The unwanted texts of a query, by the number of their part."""

    index: LexicalIndex
    queries: Mapping[int, LexicalQuery]

    def culprits(self, sound_ids: Sequence[str]) -> dict[str, int]:
        """Those of the sounds of which an unwanted text is said, and by which part."""
        found: dict[str, int] = {}
        for part, query in self.queries.items():
            for hit in self.index.search(query.terms, len(sound_ids), only=sound_ids):
                if hit.score >= SAID * query.ideal:
                    found.setdefault(hit.sound_id, part)
        return found


def demoted_last(
    ear: Ear | None, words: UnwantedWords, candidates: Iterator[Candidate]
) -> Iterator[Judged]:
    """The candidates, the demoted of each ``BLOCK`` after the others, and by which part."""
    heard = ear is not None and any(part.negative for part in ear.composed.parts)
    if not heard and not words.queries:
        yield from ((candidate, None) for candidate in candidates)
        return
    demotion: Demotion | None = None
    while True:
        later: list[Judged] = []
        judged = 0
        # Words are asked for many at once; windows have what is needed with them.
        at_once = AT_ONCE if words.queries else 1
        while some := list(islice(candidates, min(at_once, BLOCK - judged))):
            judged += len(some)
            if heard and ear is not None:
                demotion = demotion or Demotion(ear.index, ear.composed)
            said = words.culprits([each.sound_id for each in some])
            for each in some:
                culprit = said.get(each.sound_id)
                if culprit is None and demotion and each.window and each.window.vector is not None:
                    culprit = demotion.culprit(each.window.vector)
                if culprit is None:
                    yield each, None
                else:
                    later.append((each, culprit))
        yield from later
        if judged < BLOCK:
            return
