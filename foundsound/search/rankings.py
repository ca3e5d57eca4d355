"""The three ways to rank the sounds that a query may find: by ear, by words, by both."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from foundsound.embedding.calibration import Calibration
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import POOL, Candidate, fuse, heard_candidate, said_candidates
from foundsound.search.matching import Selection, ranked_matching
from foundsound.search.resemblance import POOL as BY_PARTS
from foundsound.search.resemblance import by_resemblance
from foundsound.search.strength import Scale, scale_of
from foundsound.tracing import span
from foundsound.vectors.grouping import OVERFETCH, certain, nearest_sounds
from foundsound.vectors.index import Nearest, VectorIndex, WindowHit
from foundsound.vectors.lexical import Beside, LexicalIndex, matching_sounds
from foundsound.vectors.lexical_hits import LexicalHit

WINDOWS_AT_ONCE = 200  # of sounds that words alone have brought
MOST_COMPARED = 50  # sounds that are found with their vectors, should they be takes of each other


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

    @property
    def carries_vectors(self) -> bool:
        """True when some dozens of hits are best found with their vectors."""
        return self.compared and self.index.vectors_at_hand

    def near(
        self,
        limit: int,
        exclude: Collection[str],
        only: Collection[str] | None,
    ) -> Iterator[WindowHit]:
        """Each sound by its best window, nearest first."""
        compared = self.carries_vectors and limit <= MOST_COMPARED
        near = nearest_sounds(
            self.index,
            self.composed.vector,
            limit,
            exclude,
            only=only,
            with_vectors=self.of_parts or compared,
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
        beside: Beside | None = None,
    ) -> Iterator[LexicalHit]:
        """Each sound that shares a word, best first; what is ``beside`` in the same call."""
        return matching_sounds(
            self.index, self.query.terms, limit, exclude, only=only, beside=beside
        )


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
    return Ranked(said_candidates(said, words.query.ideal), None, 0)


def by_both(ear: Ear, words: Words, selection: Selection, limit: int) -> Ranked:
    """Every sound; those that lead either ranking are fused, see ``fusion.py``.

    A page costs three calls of the engine: for the nearest; for the best by words, and what is said
    of the nearest; for the windows of those that words have brought.
    """
    size = max(POOL, limit)
    near = _near(ear, selection, size)
    heard = list(islice(near, size))
    near_ids = [hit.sound_id for hit in heard]
    if words.among_near:
        said = list(words.matching(size, (), near_ids))
    else:
        beside = Beside(near_ids)
        said = list(islice(_matching(words, selection, size, beside), size))
        if len(said) == size:  # those that are heard may be said as well, further down
            known = {hit.sound_id for hit in said}
            said += [hit for hit in beside.hits if hit.sound_id not in known]
    pool = fuse(heard, said, words.query.ideal, words.share, ear.rank_scale)
    looked_at = max(len(pool), BY_PARTS if ear.by_parts else 0)
    return Ranked(_pool_first(ear, pool, near, limit), _best(heard), looked_at)


def _best(heard: Sequence[WindowHit]) -> float | None:
    return max((hit.score for hit in heard), default=None)


def _pool_first(
    ear: Ear, pool: list[Candidate], near: Iterator[WindowHit], limit: int
) -> Iterator[Candidate]:
    # A page seldom reads further than the first of them, whose windows cost 15 microseconds each.
    start, end = 0, max(limit, MOST_COMPARED)
    while some := pool[start:end]:
        _find_windows(ear, some)
        yield from some
        start, end = end, end + WINDOWS_AT_ONCE
    given = {each.sound_id for each in pool}
    for rank, hit in enumerate((hit for hit in near if hit.sound_id not in given), len(given) + 1):
        yield heard_candidate(rank, hit, ear.rank_scale)


def _find_windows(ear: Ear, pool: Sequence[Candidate]) -> None:
    """Give those that words alone have brought their best windows, and the first their vectors."""
    first = pool[:MOST_COMPARED] if ear.carries_vectors and not ear.of_parts else []
    unheard = [each for each in pool[len(first) :] if each.window is None]
    searches = [
        Nearest(OVERFETCH * len(some), [each.sound_id for each in some], with_vectors)
        for some, with_vectors in ((first, True), (unheard, ear.of_parts))
        if some
    ]
    if not searches:
        return
    with span("engine"):
        found = ear.index.search_batch(ear.composed.vector, searches)
    best: dict[str, WindowHit] = {}
    for windows, search in zip(found, searches, strict=True):
        for hit in certain(windows, search.limit):
            best.setdefault(hit.sound_id, hit)
    unheard += [each for each in first if each.window is None]
    missing = [each.sound_id for each in unheard if each.sound_id not in best]
    complete = all(len(hits) < asked.limit for hits, asked in zip(found, searches, strict=True))
    if missing and not complete:  # long recordings own many of the windows
        best |= {hit.sound_id: hit for hit in ear.near(len(missing), (), missing)}
    for each in unheard:
        each.window = best.get(each.sound_id)
    for each in first:
        heard, with_vector = each.window, best.get(each.sound_id)
        if heard and with_vector and heard.start_s == with_vector.start_s:
            heard.stored = with_vector.stored


def _near(ear: Ear, selection: Selection, limit: int) -> Iterator[WindowHit]:
    return ranked_matching(
        selection, limit, lambda exclude, only, wanted: ear.near(wanted, exclude, only)
    )


def _matching(
    words: Words, selection: Selection, limit: int, beside: Beside | None = None
) -> Iterator[LexicalHit]:
    return ranked_matching(
        selection,
        limit,
        lambda exclude, only, wanted: words.matching(wanted, exclude, only, beside),
    )
