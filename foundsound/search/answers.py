"""Which of the candidates answer the query: all are ranked, but not all are more than chance.

Strong ones do, see ``cutoff.py``, and those of which the query's words are said. What is demoted
never does. A ranking ends where nothing that follows could answer, see :class:`.Threshold`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from foundsound.search.cutoff import FEW, is_strange, least_strength
from foundsound.search.demotion import Judged
from foundsound.search.fusion import Candidate
from foundsound.search.rankings import Ear
from foundsound.search.threshold import Threshold

SAID = 0.1  # of the query's words; less is what a category's synonyms give by chance
# The same where those are no words of sounds: all of them wherever they stand, or some in the name.
SAID_STRANGE = 0.25


@dataclass(slots=True)
class Answer:
    """A candidate with what was made of it."""

    candidate: Candidate
    demoted_by: int | None
    strength: float | None  # background deviations; None where nothing was compared
    bar: float | None  # 0 to 1, falling along the order; None where nothing can be said of it
    weak: bool  # it is not an answer
    said: bool  # its words alone make it one

    def why(self) -> dict[str, Any]:
        """The fields of a hit that say how strong it is."""
        return {
            "demoted_by": self.demoted_by,
            "strength": self.strength,
            "bar": self.bar,
            "weak": self.weak,
        }


def standing_out(ear: Ear | None, best: float | None, sounds: int = FEW) -> float:
    """The strength from which on what is heard answers; -inf where nothing can be said of it.

    Args:
        best: cosine of what is nearest by ear; None when nothing is.
        sounds: how many were compared.
    """
    scale = ear.scale if ear is not None else None
    if ear is None or scale is None or best is None:
        return float("-inf")
    return least_strength(scale, ear.composed.parts, scale.strength(best), sounds)


def threshold_of(ear: Ear | None, least: float, faint: float = 0.0) -> Threshold:
    """What it takes to answer a query.

    Args:
        ear: the query's dense side; one without a calibration: whatever is heard answers; None:
            all that have more than weak words do.
        least: see :func:`standing_out`.
        faint: how much of the query a sound matches at most by weak words.
    """
    if ear is None:
        return Threshold(None, least, faint, listens=False)
    said = SAID_STRANGE if is_strange(ear.composed.parts) else SAID
    return Threshold(ear.scale, least, max(faint, said))


def answers(
    ear: Ear | None, threshold: Threshold, judged: Iterator[Judged], show_weak: bool
) -> Iterator[Answer]:
    """The candidates that answer the query, or all with those that do not marked.

    Args:
        ear: the query's dense side, if it has one.
        judged: best first; the demoted do not answer.
    """
    scale = ear.scale if ear is not None else None
    longest = 1.0
    for candidate, demoted_by in judged:
        strength = None
        if scale is not None and candidate.window is not None:
            strength = scale.strength(candidate.window.score)
        said = threshold.said(candidate.matched)
        weak = demoted_by is not None or not (said or threshold.heard(candidate.cosine))
        if not weak or show_weak:
            bar = _bar(ear, strength, candidate)
            if bar is not None:
                longest = bar = min(bar, longest)
            yield Answer(candidate, demoted_by, strength, bar, weak, said)


def _bar(ear: Ear | None, strength: float | None, candidate: Candidate) -> float | None:
    """How well it fits by what is heard or by what is said, as if either could be wrong alone."""
    if ear is None:
        return candidate.matched
    if ear.scale is None or strength is None:
        return None
    said = 0.0 if ear.composed.shown else candidate.matched  # words choose among what is near
    return 1 - (1 - ear.scale.bar(strength)) * (1 - said)
