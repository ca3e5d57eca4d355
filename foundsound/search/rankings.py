"""Two ways to rank the sounds that a query may find, by ear and by words; ``tiers.py`` has both."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, takewhile

from foundsound.embedding.calibration import Calibration
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import Candidate, SaidRanks, heard_candidate
from foundsound.search.matching import Selection, ranked_matching
from foundsound.search.resemblance import POOL as BY_PARTS
from foundsound.search.resemblance import by_resemblance
from foundsound.search.strength import Scale, scale_of
from foundsound.search.threshold import Threshold
from foundsound.vectors.grouping import Beside, nearest_sounds
from foundsound.vectors.index import VectorIndex, WindowHit
from foundsound.vectors.lexical import FirstRound, LexicalIndex, matching_sounds
from foundsound.vectors.lexical_hits import LexicalHit

FIRST = 50  # sounds that a page is made of, and compared with each other, unless it is longer


@dataclass(frozen=True)
class Ear:
    """The dense side of a query; without a calibration nothing is said of how strong hits are."""

    index: VectorIndex
    composed: Composed
    calibration: Calibration | None = None
    each: bool = False  # True: by the wanted part that a sound resembles least
    compared: bool = False  # True: what is found will be compared with each other

    @cached_property
    def scale(self) -> Scale | None:
        """How the scores are to be read."""
        if self.calibration is None:
            return None
        composed = self.composed
        return scale_of(self.calibration, composed.parts, composed.vectors, composed.shares)

    @property
    def rank_scale(self) -> Scale | None:
        """The scale by which the nearest are in order; None when they are so by their parts."""
        return None if self.by_parts else self.scale

    @property
    def has_unwanted(self) -> bool:
        """True when a part is not wanted."""
        return any(part.negative for part in self.composed.parts)

    @property
    def by_parts(self) -> bool:
        """True when the nearest are put in an order of their own, see ``resemblance.py``."""
        return self.of_parts and (self.each or self.composed.mixed)

    @property
    def of_parts(self) -> bool:
        """True when more than the query's own score is asked of a window."""
        return len(self.composed.parts) > 1

    def carries_vectors(self, sounds: int) -> bool:
        """True when so many sounds are best found with the vectors of their windows."""
        some = sounds <= FIRST and self.index.vectors_at_hand
        return self.of_parts or (self.compared and some)

    def near(
        self,
        limit: int,
        exclude: Collection[str],
        only: Collection[str] | None,
        beside: Beside | None = None,
    ) -> Iterator[WindowHit]:
        """Each sound by its best window, nearest first; what is ``beside`` in the same call."""
        near = nearest_sounds(
            self.index,
            self.composed.vector,
            limit,
            exclude,
            only=only,
            with_vectors=self.of_parts,
            first_with_vectors=self.carries_vectors(limit),
            beside=beside,
        )
        if self.calibration is not None and self.by_parts:
            return by_resemblance(self.composed, self.calibration, self.each, near)
        return near


@dataclass(frozen=True)
class Words:
    """The lexical side of a query."""

    index: LexicalIndex
    query: LexicalQuery
    share: float = 1.0  # of the query that is text
    # True: choose among what is near by ear, because what is wanted was shown and not only said.
    among_near: bool = False

    def matching(
        self,
        limit: int,
        exclude: Collection[str],
        only: Collection[str] | None,
        first: FirstRound | None = None,
    ) -> Iterator[LexicalHit]:
        """Each sound that shares a word, best first."""
        terms, sharing = self.query.terms, self.query.sharing if first else 0
        return matching_sounds(
            self.index, terms, limit, exclude, only=only, first=first, sharing=sharing
        )


@dataclass(frozen=True)
class Ranked:
    """What a query finds, best first."""

    best: float | None  # cosine of the nearest by ear; None when nothing is
    # All of it, or up to where nothing that follows could answer; may be called once.
    candidates: Callable[[Threshold | None], Iterator[Candidate]]


def by_ear(ear: Ear, selection: Selection, limit: int) -> Ranked:
    """Every sound, nearest first."""
    pool = BY_PARTS if ear.by_parts else 0
    near = near_ones(ear, selection, limit)
    first = list(islice(near, max(limit, pool)))

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        for rank, hit in enumerate(chain(first, near), 1):
            if threshold and rank > pool and not threshold.heard(hit.score):
                return  # from here on they only get weaker
            yield heard_candidate(rank, hit, ear.rank_scale)

    return Ranked(best_of(first), candidates)


def by_words(words: Words, selection: Selection, limit: int) -> Ranked:
    """Every sound that shares a word, best first."""
    said = SaidRanks(words.query.ideal).candidates(said_ones(words, selection, limit))

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        return takewhile(lambda each: not threshold or threshold.said(each.matched), said)

    return Ranked(None, candidates)


def best_of(heard: Iterable[WindowHit]) -> float | None:
    """The highest cosine."""
    return max((hit.score for hit in heard), default=None)


def near_ones(
    ear: Ear, selection: Selection, limit: int, beside: Beside | None = None
) -> Iterator[WindowHit]:
    """What the selection holds, nearest first; ``limit`` are probably enough."""
    return ranked_matching(
        selection, limit, lambda exclude, only, wanted: ear.near(wanted, exclude, only, beside)
    )


def said_ones(
    words: Words, selection: Selection, limit: int, first: FirstRound | None = None
) -> Iterator[LexicalHit]:
    """What of the selection shares a word, best first; ``limit`` are probably enough."""
    return ranked_matching(
        selection,
        limit,
        lambda exclude, only, wanted: words.matching(wanted, exclude, only, first),
    )
