"""The three ways to rank the sounds that a query may find: by ear, by words, by both."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from foundsound.catalog.database import Catalog
from foundsound.lexical.query import LexicalQuery
from foundsound.search.compose import Composed
from foundsound.search.fusion import POOL, Candidate, fuse, heard_place, said_candidates
from foundsound.search.matching import H, Selection, fitting, ranked_matching
from foundsound.vectors.grouping import nearest_sounds
from foundsound.vectors.index import VectorIndex, WindowHit
from foundsound.vectors.lexical import LexicalHit, LexicalIndex, matching_sounds


@dataclass(frozen=True)
class Ear:
    """The dense side of a query."""

    index: VectorIndex
    composed: Composed

    @property
    def with_vectors(self) -> bool:
        """True when more than the query's own score is asked of a window."""
        return len(self.composed.parts) > 1

    def near(
        self, limit: int, exclude: Collection[str], only: Collection[str] | None
    ) -> Iterator[WindowHit]:
        """Each sound by its best window, nearest first."""
        return nearest_sounds(
            self.index,
            self.composed.vector,
            limit,
            exclude,
            only=only,
            with_vectors=self.with_vectors,
        )


@dataclass(frozen=True)
class Words:
    """The lexical side of a query."""

    index: LexicalIndex
    query: LexicalQuery
    share: float = 1.0  # of the query that is text
    # True: choose among what is near by ear, because what is wanted was shown and not only said.
    among_near: bool = False

    def matching(
        self, limit: int, exclude: Collection[str], only: Collection[str] | None
    ) -> Iterator[LexicalHit]:
        """Each sound that shares a word, best first."""
        return matching_sounds(self.index, self.query.terms, limit, exclude, only=only)


def by_ear(catalog: Catalog, ear: Ear, selection: Selection, limit: int) -> Iterator[Candidate]:
    """Every sound, nearest first."""
    for rank, hit in enumerate(_near(catalog, ear, selection, limit), 1):
        yield Candidate(hit.sound_id, hit, heard_place(rank))


def by_words(
    catalog: Catalog, words: Words, selection: Selection, limit: int
) -> Iterator[Candidate]:
    """Every sound that shares a word, best first."""
    yield from said_candidates(_matching(catalog, words, selection, limit), words.query.ideal)


def by_both(
    catalog: Catalog, ear: Ear, words: Words, selection: Selection, limit: int
) -> Iterator[Candidate]:
    """Every sound; those that lead either ranking are fused, see ``fusion.py``."""
    size = max(POOL, limit)
    near = _near(catalog, ear, selection, size)
    heard = _take(catalog, selection, near, size)
    if words.among_near:
        said = list(words.matching(size, (), [hit.sound_id for hit in heard]))
    else:
        said = _take(catalog, selection, _matching(catalog, words, selection, size), size)
        if len(said) >= size:  # those that are heard may be said as well, further down
            unsaid = {hit.sound_id for hit in heard} - {hit.sound_id for hit in said}
            said += words.matching(size, (), unsaid)
    pool = fuse(heard, said, words.query.ideal, words.share)
    for start in range(0, len(pool), limit):
        yield from _with_windows(ear, pool[start : start + limit])
    given = {each.sound_id for each in pool}
    for rank, hit in enumerate((hit for hit in near if hit.sound_id not in given), len(given) + 1):
        yield Candidate(hit.sound_id, hit, heard_place(rank))


def _with_windows(ear: Ear, candidates: list[Candidate]) -> list[Candidate]:
    """The same in the same order; those that words alone have brought, with their best windows."""
    unheard = [each.sound_id for each in candidates if each.window is None]
    if not unheard:
        return candidates
    windows = {hit.sound_id: hit for hit in ear.near(len(unheard), (), unheard)}
    return [replace(each, window=windows.get(each.sound_id, each.window)) for each in candidates]


def _near(catalog: Catalog, ear: Ear, selection: Selection, limit: int) -> Iterator[WindowHit]:
    return ranked_matching(
        catalog, selection, limit, lambda exclude, only: ear.near(limit, exclude, only)
    )


def _matching(
    catalog: Catalog, words: Words, selection: Selection, limit: int
) -> Iterator[LexicalHit]:
    return ranked_matching(
        catalog, selection, limit, lambda exclude, only: words.matching(limit, exclude, only)
    )


def _take(catalog: Catalog, selection: Selection, hits: Iterator[H], count: int) -> list[H]:
    """The first ``count`` that fit."""
    taken: list[H] = []
    while page := list(islice(hits, count - len(taken))):
        if selection:
            fit = fitting(catalog, selection, [hit.sound_id for hit in page])
            page = [hit for hit in page if hit.sound_id in fit]
        taken += page
        if len(taken) >= count:
            break
    return taken
