"""Every sound by what is heard and what is said, fused in tiers.

The best 50 of either ranking are the first tier, fused as ``fusion.py`` says; the next 50 are the
second, without those that were given, and hundreds follow as long as words bring any; after them
come the others as they are heard. So the order is the same whatever the limit, and tiers cost
nothing where nobody reads so far.

A page costs two calls of the engine: for the best by words; for the nearest together with the
windows of those that words have brought, of which a page shows ``FIRST`` at most. Another one asks
what is said of the nearest where more sounds share a word than can be read at once. Further ones
find the windows of sounds that long recordings crowd out, what is read beyond the first, and the
vectors of what may be takes of each other where a server has them or more hits are asked for, see
``shown.py``.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain, islice, repeat
from math import ceil

from foundsound.search.fusion import POOL, Candidate, SaidRanks, fuse, heard_candidate
from foundsound.search.matching import Selection
from foundsound.search.rankings import FIRST, Ear, Ranked, Words, best_of, near_ones, said_ones
from foundsound.search.resemblance import POOL as BY_PARTS
from foundsound.search.strength import Scale
from foundsound.search.threshold import Threshold
from foundsound.vectors.grouping import Beside
from foundsound.vectors.index import WindowHit
from foundsound.vectors.lexical import FirstRound
from foundsound.vectors.lexical_hits import LexicalHit

AMONG = 100  # of the nearest sounds words choose where a sound was shown
FURTHER = 100  # sounds of either ranking in each tier after the second
WINDOWS_AT_ONCE = 200  # sounds, at most, whose windows are looked for together


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
    ahead = list(islice(near, max(POOL, _out_of_order(ear))))
    heard, further = ahead[:POOL], chain(ahead[POOL:], near)

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        tiers = _tiers(ear, words, found, heard, further, threshold)
        return _with_windows(ear, tiers, limit, brought)

    return Ranked(best_of(ahead), candidates)


def _tiers(
    ear: Ear,
    words: Words,
    found: BestSaid,
    heard: list[WindowHit],
    near: Iterator[WindowHit],
    threshold: Threshold | None,
) -> Iterator[list[Candidate]]:
    given: set[str] = set()
    said, rank = found.candidates, 1
    for number, size in enumerate(chain((POOL, POOL), repeat(FURTHER))):
        if number > 0:
            heard = list(islice(near, size))
            said = list(found.ranks.candidates(islice(found.further, size)))
            if not said:
                break
        more = list(said)
        if len(said) == size:  # those that are heard may be said as well, further down
            known = given.union(each.sound_id for each in said)
            further = [hit.sound_id for hit in heard if hit.sound_id not in known]
            hits = found.first.said_of(words.index, words.query.terms, further)
            more += copy(found.ranks).candidates(hits)
        tier = fuse(heard, more, ear.rank_scale, rank)
        yield [each for each in tier if each.sound_id not in given]
        given |= {each.sound_id for each in tier}
        rank += len(heard)
        if threshold and rank > _out_of_order(ear) and not _goes_on(heard, said, size, threshold):
            return
    for each in _heard_alone(ear, chain(heard, near), rank, threshold):
        if each.sound_id not in given:
            yield [each]


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
    """So many sounds of either ranking are needed, probably, for so many hits.

    For more than a page a tier more: not all that are found answer.
    """
    return POOL if limit <= POOL else FURTHER * (1 + ceil(limit / FURTHER))


def _heard_alone(
    ear: Ear, near: Iterator[WindowHit], rank: int, threshold: Threshold | None
) -> Iterator[Candidate]:
    """What is heard from this rank on, of which no words count."""
    for at, hit in enumerate(near, rank):
        if threshold and at > _out_of_order(ear) and not threshold.heard(hit.score):
            return  # from here on they only get weaker
        yield heard_candidate(at, hit, ear.rank_scale)


def _among_near(ear: Ear, words: Words, selection: Selection, limit: int) -> Ranked:
    """The nearest, in an order in which words count as well; after them the others.

    Of the same ``AMONG`` whatever the limit, or facets and further pages were of other sounds.
    """
    near = near_ones(ear, selection, max(AMONG, limit))
    ahead = list(islice(near, max(AMONG, _out_of_order(ear))))
    heard, near = ahead[:AMONG], chain(ahead[AMONG:], near)
    hits = words.matching(len(heard), (), [hit.sound_id for hit in heard])
    said = list(SaidRanks(words.query.ideal, words.share).candidates(hits))
    _choose(said, heard, ear.scale, words.share)
    pool = fuse(heard, said, ear.rank_scale)

    def candidates(threshold: Threshold | None) -> Iterator[Candidate]:
        yield from pool
        yield from _heard_alone(ear, near, len(pool) + 1, threshold)

    return Ranked(best_of(ahead), candidates)


def _choose(
    said: Sequence[Candidate], heard: Sequence[WindowHit], scale: Scale | None, share: float
) -> None:
    """Let words count by how near their sound is, the less text there is in the query the more.

    Otherwise, in a small library, the least text would bring what is called so to the top.
    """
    if scale is None or not said:
        return
    # By place: the nearest may be in another order than their cosines to the sum of the parts.
    scores = sorted((hit.score for hit in heard), reverse=True)
    bars = dict(zip((hit.sound_id for hit in heard), scale.bars(scores), strict=True))
    most = max(bars.values())
    for each in said:
        each.by_said *= (bars[each.sound_id] / most) ** (1.0 - share) if most else 0.0


def _with_windows(
    ear: Ear, tiers: Iterator[list[Candidate]], limit: int, brought: Beside
) -> Iterator[Candidate]:
    # A page seldom reads further than the first of them, whose windows cost 15 microseconds each.
    size = min(max(limit, FIRST), WINDOWS_AT_ONCE)
    for tier in tiers:
        for start in range(0, len(tier), size):
            some = tier[start : start + size]
            _find_windows(ear, some, brought)
            yield from some
        size = WINDOWS_AT_ONCE


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
