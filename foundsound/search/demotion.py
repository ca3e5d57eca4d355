"""Hits that are like something unwanted come later.

A sound is demoted when it sounds like an unwanted part, see ``likeness.py``, or when its name,
title, description, keywords or tags say all of an unwanted text, whatever it sounds like.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from foundsound.lexical.query import LexicalQuery
from foundsound.search.fusion import Candidate
from foundsound.search.likeness import Likeness
from foundsound.search.matching import Selection
from foundsound.search.rankings import Ear
from foundsound.vectors.lexical import LexicalIndex

SAID = 0.7  # of an unwanted text's words; folders alone, or a category's synonyms, give less
NAMED = 0.5  # of the wanted words; a sound that is called so must be clearly like the unwanted
BLOCK = 1000  # the demoted come after the others of as many sounds: bounds the look ahead
AT_ONCE = 50  # sounds that are judged together: a page needs no more, unless some are demoted

Judged = tuple[Candidate, int | None]


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
    ear: Ear | None, words: UnwantedWords, candidates: Iterator[Candidate], selection: Selection
) -> Iterator[Judged]:
    """The candidates, the demoted of each ``BLOCK`` after the others, and by which part.

    In a space that is not calibrated nothing is demoted by what it sounds like.
    """
    calibration = ear.calibration if ear is not None else None
    heard = calibration is not None and ear is not None and ear.has_unwanted
    if not heard and not words.queries:
        yield from ((candidate, None) for candidate in candidates)
        return
    likeness: Likeness | None = None
    judged = BLOCK
    while judged == BLOCK:
        later: list[Judged] = []
        judged = 0
        while some := list(islice(candidates, min(AT_ONCE, BLOCK - judged))):
            judged += len(some)
            if likeness is None and heard and ear is not None and calibration is not None:
                likeness = Likeness(
                    ear.index,
                    calibration,
                    ear.composed,
                    narrowed=selection.chosen is not None,
                )
            said = words.culprits([each.sound_id for each in some])
            windows = [each.window for each in some if each.window]
            named = [each.matched >= NAMED for each in some if each.window]
            found = likeness.culprits(windows, named) if likeness else ()
            like = dict(zip((hit.sound_id for hit in windows), found, strict=False))
            for each in some:
                culprit = said.get(each.sound_id, like.get(each.sound_id))
                if culprit is None:
                    yield each, None
                else:
                    later.append((each, culprit))
        yield from later
