"""The sounds that fit filters, as the catalogue has them now."""

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
        self._conditions = UntilChanged[Conditions](catalog, MOST_FILTERS)
        self._listed = UntilChanged[Fitting](catalog, MOST_IDS, lambda fit: len(fit.ids) + 1)

    def conditions(self, filters: tuple[Filters, ...]) -> Conditions:
        """The filters in SQL.

        Raises:
            InvalidRequest: a value that cannot be.
        """
        return self._conditions.get(filters, lambda: self._read_conditions(filters))

    def fitting(self, filters: tuple[Filters, ...]) -> Fitting:
        """All sounds that fit them."""
        return self._listed.get(filters, lambda: self._list(self.conditions(filters)))

    def _read_conditions(self, filters: tuple[Filters, ...]) -> Conditions:
        with self._catalog.read() as session:
            return conditions(filters, session.scalars(select(Root)).all())

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
