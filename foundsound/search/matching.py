"""Nearest sounds among those that fit the filters: complete, however few those are.

The engine knows nothing of paths and properties: files are renamed and moved, and filters added,
without touching a vector. Two ways, measured at 200,000 windows on two busy cores:

- Few sounds fit: the engine is given their ids. That costs 15 microseconds a sound (100 sounds:
  0.6 ms, 3,000: 32 ms), and is exact.
- Many fit: the nearest are taken in order, and the catalogue, which is asked for each page of them
  anyway, drops those that do not fit. When that has looked at ``PATIENCE`` sounds, the filter lies
  far from the query ("rain" among the music), and the engine is given the ids after all, or those
  to leave out, whichever are fewer.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Sound
from foundsound.embedding.embedder import Floats
from foundsound.search.query.filters import Conditions
from foundsound.vectors.grouping import nearest_sounds
from foundsound.vectors.index import VectorIndex, WindowHit

FEW = 10_000  # sounds that the engine is given by their ids: 150 ms
PATIENCE = 400  # sounds looked at one by one, at least


@dataclass(frozen=True)
class Selection:
    """What a query may find.

    Args:
        conditions: of the filters.
        within: the only ids to choose from; None = all.
        exclude: ids that must not be found.
    """

    conditions: Conditions
    within: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.conditions) or self.within is not None


def nearest_matching(
    catalog: Catalog,
    index: VectorIndex,
    vector: Floats,
    limit: int,
    selection: Selection,
    with_vectors: bool,
) -> Iterator[WindowHit]:
    """Nearest sounds, best first, with every one that the selection holds.

    Others may be among them: whoever asks the catalogue for details drops them there.
    """
    exclude: Collection[str] = selection.exclude
    few = _ids(catalog, selection, FEW) if selection else None
    if few is not None or not selection:
        yield from nearest_sounds(
            index, vector, limit, exclude, only=few, with_vectors=with_vectors
        )
        return
    seen = set(exclude)
    patience = max(PATIENCE, 4 * limit)
    for hit in nearest_sounds(index, vector, limit, exclude, with_vectors=with_vectors):
        yield hit
        seen.add(hit.sound_id)
        patience -= 1
        if not patience:
            break
    else:
        return
    every = _ids(catalog, selection, None) or []
    if len(every) > _count(catalog) / 2:
        seen |= _unfit(catalog, every)
        yield from nearest_sounds(index, vector, limit, seen, with_vectors=with_vectors)
    else:
        rest = set(every) - seen
        yield from nearest_sounds(index, vector, limit, only=rest, with_vectors=with_vectors)


def _ids(catalog: Catalog, selection: Selection, most: int | None) -> Collection[str] | None:
    """The sounds that fit, or somewhat more of them; None when there are more than ``most``."""
    if selection.within is not None and (most is None or len(selection.within) <= most):
        return selection.within
    if not selection.conditions:
        return None
    with catalog.read() as session:
        ids = _matching(session, selection.conditions.whole or selection.conditions, most)
    return None if most is not None and len(ids) > most else ids


def _matching(session: Session, conditions: Conditions, most: int | None) -> list[str]:
    if conditions.of_location:
        query = (
            select(Location.sound_id)  # twice for two files: rare, and no harm
            .join(Sound, Sound.id == Location.sound_id)
            .where(Location.missing_since.is_(None), *conditions.of_location, *conditions.of_sound)
        )
    else:
        query = select(Sound.id).where(*conditions.of_sound)
    if most is not None:
        query = query.limit(most + 1)
    return [id_ for id_ in session.scalars(query) if id_ is not None]


def _count(catalog: Catalog) -> int:
    with catalog.read() as session:
        return session.scalar(select(func.count()).select_from(Sound)) or 0


def _unfit(catalog: Catalog, fit: Collection[str]) -> set[str]:
    with catalog.read() as session:
        return set(session.scalars(select(Sound.id))) - set(fit)
