"""The sounds that fit filters, as the catalogue has them now."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Sound
from foundsound.catalog.until_changed import UntilChanged
from foundsound.search.matching import Fitting
from foundsound.search.query.filters import Conditions, Filters, conditions

MOST_IDS = 1_000_000  # remembered of all filters together: about 100 MB
MOST_FILTERS = 64


class FittingSounds:
    """Lists what fits filters, anew whenever anything in the catalogue has changed. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._roots = UntilChanged[Sequence[Root]](catalog, 1)
        self._lock = threading.Lock()
        self._conditions: OrderedDict[Hashable, Conditions] = OrderedDict()
        self._listed = UntilChanged[Fitting](catalog, MOST_IDS, lambda fit: len(fit.ids) + 1)

    def conditions(self, filters: tuple[Filters, ...]) -> Conditions:
        """The filters in SQL; the same object as long as they and the roots are the same.

        Raises:
            InvalidRequest: a value that cannot be.
        """
        roots = self._roots.get((), self._read_roots)
        key = (filters, tuple((root.id, root.path, root.offline_since) for root in roots))
        with self._lock:
            if key not in self._conditions:
                self._conditions[key] = conditions(filters, roots)
            self._conditions.move_to_end(key)
            if len(self._conditions) > MOST_FILTERS:
                self._conditions.popitem(last=False)
            return self._conditions[key]

    def fitting(self, filters: tuple[Filters, ...]) -> Fitting:
        """All sounds that fit them."""
        return self._listed.get(filters, lambda: self._list(self.conditions(filters)))

    def _read_roots(self) -> Sequence[Root]:
        with self._catalog.read() as session:
            return session.scalars(select(Root)).all()

    def _list(self, asked: Conditions) -> Fitting:
        with self._catalog.read() as session:
            rows = session.execute(_all_that_fit(asked.whole or asked))
            ids = frozenset(id_ for (id_,) in rows if id_ is not None)
            every = session.scalar(select(func.count()).select_from(Sound)) or 1
        return Fitting(ids, len(ids) / every)


def _all_that_fit(asked: Conditions) -> Select[*tuple[Any, ...]]:
    if not asked.of_location:
        return select(Sound.id).where(*asked.of_sound)
    return (
        select(Location.sound_id)  # twice for two files: rare, and no harm
        .join(Sound, Sound.id == Location.sound_id)
        .where(Location.missing_since.is_(None), *asked.of_location, *asked.of_sound)
    )
