"""Every sound by what is heard and what is said, fused in tiers.

The best of either ranking are the first tier, fused as ``fusion.py`` says; the next ``GROWTH``
times as many of each are the second, without those that were given, and so on. So neither ranking
is lost further down, and the order is the same however many somebody asks for.

A page costs two calls of the engine: for the best by words; for the nearest together with the
windows of those that words have brought, of which a page shows ``FIRST`` at most. Another one asks
what is said of the nearest where more sounds share a word than can be read at once. Further ones
find the windows of sounds that long recordings crowd out, of what is read beyond the first, and, of
a server, the vectors of what may be takes of each other, see ``shown.py``.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import islice

from foundsound.search.fusion import POOL, Candidate, SaidRanks, fuse, heard_candidate
from foundsound.search.matching import Selection
from foundsound.search.rankings import FIRST, Ear, Ranked, Words, best_of, near_ones, said_ones
from foundsound.search.resemblance import POOL as BY_PARTS
from foundsound.search.threshold import Threshold
from foundsound.vectors.grouping import Beside
from foundsound.vectors.index import WindowHit
from foundsound.vectors.lexical import FirstRound
from foundsound.vectors.lexical_hits import LexicalHit

GROWTH = 3  # times the sounds of the tier before
APART = 1.2  # times as many sounds are in both rankings together as in either, at least
AMONG = 100  # of the nearest sounds, at least, words choose where a sound was shown
WINDOWS_AT_ONCE = 200  # of sounds that words alone have brought


@dataclass(frozen=True)
class BestSaid:
    """The first tier's sounds by words, and what goes on behind them; good for one fusion."""

    candidates: list[Candidate]
    ranks: SaidRanks
    further: Iterator[LexicalHit]
    first: FirstRound


def best_said(words: Words, selection: Selection, limit: int) -> BestSaid:
    """What :func:`by_both` needs of the words; it can be had before there is anything to hear."""
    first, ranks = FirstRound(), SaidRanks(words.query.ideal, words.share)
    further = said_ones(words, selection, _deep(limit), first)
    said = list(ranks.candidates(islice(further, POOL)))
    if len(said) == POOL:  # others may be heard, and said further down
        first.read(words.index)
    return BestSaid(said, ranks, further, first)


def by_both(
    ear: Ear, words: Words, selection: Selection, limit: int, found: BestSaid | None = None
) -> Ranked:
    """Every sound; those that lead either ranking are fused.

    Args:
        limit: so many are probably enough.
        found: what :func:`best_said` returned, if that was done already.
    """
    if words.among_near:
        return _among_near(ear, words, selection, limit)
    found = found or best_said(words, selection, limit)
    first = [each.sound_id for each in found.candidates[:FIRST]]
    brought = Beside(first, with_vectors=ear.carries_vectors(len(first)))
    near = near_ones(ear, selection, _deep(limit), brought)
    heard = list(islice(near, POOL))

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        tiers = _tiers(ear, words, found, heard, near, threshold)
        return _with_windows(ear, tiers, limit, brought)

    return Ranked(best_of(heard), candidates)


def _tiers(
    ear: Ear,
    words: Words,
    found: BestSaid,
    heard: list[WindowHit],
    near: Iterator[WindowHit],
    threshold: Threshold | None,
) -> Iterator[list[Candidate]]:
    given: set[str] = set()
    known: set[str] = set()  # what is said of them
    said, size, rank = found.candidates, POOL, 1
    while heard or said:
        known |= {each.sound_id for each in said}
        more = list(said)
        if len(said) == size:  # those that are heard may be said as well, further down
            further = [hit.sound_id for hit in heard if hit.sound_id not in known | given]
            hits = found.first.said_of(words.index, words.query.terms, further)
            more += copy(found.ranks).candidates(hits)
        tier = fuse(heard, more, ear.rank_scale, rank)
        yield [each for each in tier if each.sound_id not in given] if given else tier
        given |= {each.sound_id for each in tier}
        rank += len(heard)
        if threshold and rank > _out_of_order(ear) and not _goes_on(heard, said, size, threshold):
            return
        size *= GROWTH - 1 if size == POOL else GROWTH
        heard = list(islice(near, size))
        said = list(found.ranks.candidates(islice(found.further, size)))


def _goes_on(
    heard: Sequence[WindowHit], said: Sequence[Candidate], size: int, threshold: Threshold
) -> bool:
    """True when what follows in either ranking may answer, as the last one of it here does."""
    nearer = len(heard) == size and threshold.heard(min(hit.score for hit in heard))
    return nearer or (len(said) == size and threshold.said(said[-1].matched))


def _out_of_order(ear: Ear) -> int:
    """So many of the nearest are in another order than by their cosines."""
    return BY_PARTS if ear.by_parts else 0


def _deep(limit: int) -> int:
    """So many of either ranking are in the tiers that hold ``limit``, probably."""
    size = POOL
    while size * APART < limit:
        size *= GROWTH
    return size


def _among_near(ear: Ear, words: Words, selection: Selection, limit: int) -> Ranked:
    """The nearest, in an order in which words count as well; after them the others."""
    near = near_ones(ear, selection, max(AMONG, limit))
    heard = list(islice(near, max(AMONG, limit)))
    hits = words.matching(len(heard), (), [hit.sound_id for hit in heard])
    said = SaidRanks(words.query.ideal, words.share).candidates(hits)
    pool = fuse(heard, said, ear.rank_scale)
    looked_at = max(len(pool), _out_of_order(ear))

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        yield from pool
        for rank, hit in enumerate(near, len(pool) + 1):
            if threshold and rank > looked_at and not threshold.heard(hit.score):
                return  # from here on they only get weaker
            yield heard_candidate(rank, hit, ear.rank_scale)

    return Ranked(best_of(heard), candidates)


def _with_windows(
    ear: Ear, tiers: Iterator[list[Candidate]], limit: int, brought: Beside
) -> Iterator[Candidate]:
    # A page seldom reads further than the first of them, whose windows cost 15 microseconds each.
    size = max(limit, FIRST)
    for tier in tiers:
        start = 0
        while some := tier[start : start + size]:
            _find_windows(ear, some, brought)
            yield from some
            start, size = start + size, WINDOWS_AT_ONCE


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
