"""A ranking of the sounds that fit the filters: complete, however few those are.

The engine knows nothing of paths and properties: files are renamed and moved, and filters added,
without touching a vector. The catalogue lists all sounds that fit, once for as long as nothing in
it changes, see ``fitting.py``; then there are two ways:

- Few fit: the engine is given their ids, and looks at nothing else. At 200,000 sounds 4,000 ids
  cost what looking at all windows costs, and 16,000 five times that.
- Many fit: the nearest are taken in order, so many that enough of them should fit, and the others
  are dropped. When that has looked at far more, the filter lies far from the query ("rain" among
  the music), and the engine is given the ids after all.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Protocol, TypeVar

from foundsound.search.query.filters import Conditions

FEW = 6000  # sounds that the engine is given by their ids
PATIENCE = 400  # sounds looked at one by one, at least
AS_IDS = 0.4  # sounds looked at that cost what one id does
SPARE = 1.5  # what a ranking fetches beyond its limit anyway: several windows a sound


class Ranked(Protocol):
    """What a ranking is made of."""

    @property
    def sound_id(self) -> str:
        """The sound that was found."""


H = TypeVar("H", bound=Ranked)
# rank(exclude, only, limit): all but some, or some alone; probably so many are wanted
Rank = Callable[[Collection[str], Collection[str] | None, int], Iterator[H]]


@dataclass(frozen=True)
class Fitting:
    """All sounds that fit, or somewhat more of them."""

    ids: frozenset[str]
    share: float  # of the library's sounds; above 0 when there are any


@dataclass(frozen=True)
class Selection:
    """What a query may find.

    Args:
        conditions: of the filters.
        within: the only ids to choose from; None = all.
        exclude: ids that must not be found.
        listed: lists all that fit the conditions; needed where there are some, for a ranking.
    """

    conditions: Conditions
    within: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()
    listed: Callable[[], Fitting] | None = None

    @cached_property
    def chosen(self) -> Fitting | None:
        """The only sounds to choose from; None = all."""
        if not self.conditions:
            return None if self.within is None else Fitting(self.within, 0.0)
        assert self.listed is not None
        fit = self.listed()
        return fit if self.within is None else Fitting(fit.ids & self.within, 0.0)


def ranked_matching(selection: Selection, limit: int, rank: Rank[H]) -> Iterator[H]:
    """What ``rank`` finds, best first: every sound that the selection holds, and no other.

    Args:
        limit: so many are wanted, probably.
        rank: every sound of a ranking, best first, without those to leave out, and of some alone
            if those are given.
    """
    fit = selection.chosen
    if fit is None:
        yield from rank(selection.exclude, None, limit)
        return
    if len(fit.ids) <= FEW or selection.within is not None:
        yield from rank(selection.exclude, fit.ids, limit)
        return
    deep = limit / fit.share
    patience = max(PATIENCE, 4 * deep, AS_IDS * len(fit.ids))
    seen = set(selection.exclude)
    for hit in rank(selection.exclude, None, ceil(max(limit, deep / SPARE))):
        seen.add(hit.sound_id)
        if hit.sound_id in fit.ids:
            yield hit
        if len(seen) > patience:
            break
    else:
        return
    yield from rank((), fit.ids - seen, limit)
