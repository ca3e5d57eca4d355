"""Which of the candidates answer the query: all are ranked, but not all are more than chance.

Strong ones do, see ``cutoff.py``, and those of which the query's words are said. What is demoted
never does. Once the ranking has come to what is neither, nothing better follows.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from foundsound.search.cutoff import least_strength
from foundsound.search.demotion import Judged
from foundsound.search.fusion import Candidate
from foundsound.search.rankings import Ear
from foundsound.search.strength import Scale

SAID = 0.1  # of the query's words; less is what a category's synonyms give by chance


@dataclass(frozen=True)
class Answer:
    """A candidate with what was made of it."""

    candidate: Candidate
    demoted_by: int | None
    strength: float | None  # background deviations; None where nothing was compared
    weak: bool  # it is not an answer

    def why(self, scale: Scale | None) -> dict[str, Any]:
        """The fields of a hit that say how strong it is."""
        bar = None
        if scale is not None and self.strength is not None:
            bar = scale.bar(self.strength)
        return {
            "demoted_by": self.demoted_by,
            "strength": self.strength,
            "bar": bar,
            "weak": self.weak,
        }


class Answers:
    """The candidates, told apart into answers and others.

    Args:
        ear: the query's dense side; None, or one without a calibration: all but the demoted answer.
        judged: best first.
        fits: those of some sounds that the query's filters let through.
        pool: how many of the first are sure to hold the best by ear.
    """

    def __init__(
        self,
        ear: Ear | None,
        judged: Iterator[Judged],
        fits: Callable[[Sequence[str]], Collection[str]],
        pool: int,
    ) -> None:
        self._scale = ear.scale if ear is not None else None
        self._rest = judged
        self._pool = list(islice(judged, pool))
        self._least = float("-inf")
        ids = [candidate.sound_id for candidate, _ in self._pool]
        fit = fits(ids)
        if ear is not None and self._scale is not None:
            strengths = (
                self._strength(candidate)
                for candidate, demoted_by in self._pool
                if candidate.sound_id in fit and demoted_by is None
            )
            best = max((each for each in strengths if each is not None), default=0.0)
            self._least = least_strength(self._scale, ear.composed.parts, best)
        self.answered = not fit or any(
            not each.weak
            for each in map(self._answer, self._pool)
            if each.candidate.sound_id in fit
        )

    def all(self) -> Iterator[Answer]:
        """Every candidate."""
        yield from map(self._answer, self._pool)
        yield from map(self._answer, self._rest)

    def strong(self) -> Iterator[Answer]:
        """Those that answer the query."""
        yield from (each for each in map(self._answer, self._pool) if not each.weak)
        for each in map(self._answer, self._rest):
            if not each.weak:
                yield each
            elif each.demoted_by is None:
                return  # after the pool they come by their strength

    def _answer(self, judged: Judged) -> Answer:
        candidate, demoted_by = judged
        strength = self._strength(candidate)
        heard = strength is None or strength >= self._least
        weak = demoted_by is not None or not (heard or candidate.matched >= SAID)
        return Answer(candidate, demoted_by, strength, weak)

    def _strength(self, candidate: Candidate) -> float | None:
        if self._scale is None or candidate.window is None:
            return None
        return self._scale.strength(candidate.window.score)
