"""The three ways to rank the sounds that a query may find: by ear, by words, by both."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from foundsound.embedding.calibration import Calibration
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import POOL, Candidate, SaidRanks, fuse, heard_candidate
from foundsound.search.matching import Selection, ranked_matching
from foundsound.search.resemblance import POOL as BY_PARTS
from foundsound.search.resemblance import by_resemblance
from foundsound.search.strength import Scale, scale_of
from foundsound.vectors.grouping import Beside, nearest_sounds
from foundsound.vectors.index import VectorIndex, WindowHit
from foundsound.vectors.lexical import FirstRound, LexicalIndex, matching_sounds
from foundsound.vectors.lexical_hits import LexicalHit

WINDOWS_AT_ONCE = 200  # of sounds that words alone have brought
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
            with_vectors=self.carries_vectors(limit),
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
        return matching_sounds(self.index, self.query.terms, limit, exclude, only=only, first=first)


@dataclass(frozen=True)
class BestSaid:
    """The best by words, and what was learned of others meanwhile; good for one fusion."""

    candidates: list[Candidate]
    ranks: SaidRanks  # goes on behind them
    first: FirstRound


@dataclass(frozen=True)
class Ranked:
    """What a query finds, best first."""

    candidates: Iterator[Candidate]
    best: float | None  # cosine of the nearest by ear; None when nothing is
    pool: int  # how many of the candidates come by other things than their cosine


def by_ear(ear: Ear, selection: Selection, limit: int) -> Ranked:
    """Every sound, nearest first."""
    pool = BY_PARTS if ear.by_parts else 0
    near = _near(ear, selection, limit)
    first = list(islice(near, max(limit, pool)))
    candidates = (
        heard_candidate(rank, hit, ear.rank_scale) for rank, hit in enumerate(chain(first, near), 1)
    )
    return Ranked(candidates, _best(first), pool)


def by_words(words: Words, selection: Selection, limit: int) -> Ranked:
    """Every sound that shares a word, best first."""
    said = _matching(words, selection, limit)
    return Ranked(SaidRanks(words.query.ideal).candidates(said), None, 0)


def best_said(words: Words, selection: Selection, limit: int) -> BestSaid:
    """What :func:`by_both` needs of the words; it can be had before there is anything to hear."""
    first, size = FirstRound(), max(POOL, limit)
    ranks = SaidRanks(words.query.ideal, words.share)
    said = islice(_matching(words, selection, size, first), size)
    return BestSaid(list(ranks.candidates(said)), ranks, first)


def by_both(
    ear: Ear, words: Words, selection: Selection, limit: int, found: BestSaid | None = None
) -> Ranked:
    """Every sound; those that lead either ranking are fused, see ``fusion.py``.

    A page costs two calls of the engine: for the best by words; for the nearest together with the
    windows of those that words have brought, of which a page shows ``FIRST`` at most. Another one
    asks what is said of the nearest where more sounds share a word than came at once, and one for
    vectors where what is near may be takes of each other, see ``shown.py``: all 200 windows with
    theirs would cost every query 0.4 to 1 ms. Further ones find the windows of sounds that long
    recordings crowd out, and of what is read beyond the first.

    Args:
        found: what :func:`best_said` returned, if that was done already.
    """
    size = max(POOL, limit)
    brought = Beside()
    if words.among_near:
        near = _near(ear, selection, size)
        heard = list(islice(near, size))
        matching = words.matching(size, (), [hit.sound_id for hit in heard])
        said = list(SaidRanks(words.query.ideal, words.share).candidates(matching))
    else:
        found = found or best_said(words, selection, limit)
        said = found.candidates
        first = [each.sound_id for each in said[:FIRST]]
        brought = Beside(first, with_vectors=ear.carries_vectors(len(first)))
        near = _near(ear, selection, size, brought)
        heard = list(islice(near, size))
        if len(said) == size:  # those that are heard may be said as well, further down
            known = {each.sound_id for each in said}
            further = [hit.sound_id for hit in heard if hit.sound_id not in known]
            hits = found.first.said_of(words.index, words.query.terms, further)
            said = [*said, *found.ranks.candidates(hits)]
    pool = fuse(heard, said, ear.rank_scale)
    looked_at = max(len(pool), BY_PARTS if ear.by_parts else 0)
    return Ranked(_pool_first(ear, pool, near, limit, brought), _best(heard), looked_at)


def _best(heard: Sequence[WindowHit]) -> float | None:
    return max((hit.score for hit in heard), default=None)


def _pool_first(
    ear: Ear, pool: list[Candidate], near: Iterator[WindowHit], limit: int, brought: Beside
) -> Iterator[Candidate]:
    # A page seldom reads further than the first of them, whose windows cost 15 microseconds each.
    start, end = 0, max(limit, FIRST)
    while some := pool[start:end]:
        _find_windows(ear, some, brought)
        yield from some
        start, end = end, end + WINDOWS_AT_ONCE
    given = {each.sound_id for each in pool}
    for rank, hit in enumerate((hit for hit in near if hit.sound_id not in given), len(given) + 1):
        yield heard_candidate(rank, hit, ear.rank_scale)


def _find_windows(ear: Ear, some: Sequence[Candidate], brought: Beside) -> None:
    """Give those that words alone have brought their best windows."""
    best = brought.best
    unheard = [each for each in some if each.window is None]
    missing = [each.sound_id for each in unheard if each.sound_id not in best]
    if missing:
        near = ear.near(len(missing), (), missing)
        best = best | {hit.sound_id: hit for hit in islice(near, len(missing))}
    for each in unheard:
        each.window = best.get(each.sound_id)
    if ear.compared:  # some have come twice, and once with their vectors
        for each in some:
            heard, twin = each.window, best.get(each.sound_id)
            if heard and twin and heard.start_s == twin.start_s:
                heard.stored = heard.stored or twin.stored


def _near(
    ear: Ear, selection: Selection, limit: int, beside: Beside | None = None
) -> Iterator[WindowHit]:
    return ranked_matching(
        selection, limit, lambda exclude, only, wanted: ear.near(wanted, exclude, only, beside)
    )


def _matching(
    words: Words, selection: Selection, limit: int, first: FirstRound | None = None
) -> Iterator[LexicalHit]:
    return ranked_matching(
        selection,
        limit,
        lambda exclude, only, wanted: words.matching(wanted, exclude, only, first),
    )
