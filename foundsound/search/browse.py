"""What filters alone find: in an order of its own, page by page.

A page goes on behind the last sound of the one before, not after so many: sounds that come or go
meanwhile put no other one on two pages, or on none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound, StoredAnalysis
from foundsound.errors import InvalidRequest
from foundsound.search.cursor import REFUSAL, Last
from foundsound.search.hydrate import Found, files_at_hand, found_at
from foundsound.search.matching import Selection
from foundsound.search.query.query import Sort

Rows = Select[*tuple[Any, ...]]
Browsed = tuple[list[Found], Last | None]
"""A page, and the last sound that was looked at for it."""
_FOLDER = func.rtrim(Location.path, func.replace(Location.path, "/", ""))
_LOUDNESS = (
    select(StoredAnalysis.loudness_lufs)
    .where(StoredAnalysis.sound_id == Sound.id)
    .correlate(Sound)
    .scalar_subquery()
)
_KEYS: dict[str, tuple[ColumnElement[Any], type]] = {
    "name": (func.lower(func.substr(Location.path, func.length(_FOLDER) + 1)), str),
    "duration": (Sound.duration_s.expression, float),
    "added": (Sound.added_at.expression, datetime),
    "loudness": (_LOUDNESS, float),
}


def browse(
    session: Session, selection: Selection, sort: Sort, after: Last | None, limit: int
) -> Browsed:
    """A page of the sounds that fit, each once, by the first of its files; and where it ends.

    Sounds whose key is not known come last in either direction.
    """
    order = _order(sort)
    whole = selection.conditions.whole or selection.conditions
    files = order.of(files_at_hand(whole))
    if selection.within is not None:
        files = files.where(Sound.id.in_(selection.within))
    page: dict[str, Last] = {}
    exhausted = False
    while len(page) < limit and not exhausted:
        rows = files if after is None else files.where(order.behind(after))
        places = [_last(*row) for row in session.execute(rows.limit(limit))]
        exhausted = len(places) < limit
        # A sound of several files comes by the first of them, wherever the page begins.
        ids = [place.sound_id for place in places]
        copies = order.of(files_at_hand(selection.conditions)).where(Sound.id.in_(ids))
        firsts: dict[str, int] = {}
        for _, sound_id, location_id in session.execute(copies):
            firsts.setdefault(sound_id, location_id)
        for place in places:
            after = place
            if firsts.get(place.sound_id) == place.location_id:
                page[place.sound_id] = place
            if len(page) == limit:
                break
    found = found_at(session, [place.location_id for place in page.values()])
    return [found[each.location_id] for each in page.values() if each.location_id in found], after


@dataclass(frozen=True)
class _Order:
    key: ColumnElement[Any]
    kind: type  # of the key's values
    descending: bool

    def of(self, files: Rows) -> Rows:
        """Key, sound and location of each file, in order."""
        key = self.key.desc() if self.descending else self.key.asc()
        return files.with_only_columns(self.key, Sound.id, Location.id).order_by(
            key.nulls_last(), Sound.id, Location.id
        )

    def behind(self, last: Last) -> ColumnElement[bool]:
        """What follows.

        Raises:
            InvalidRequest: its key is none of this order.
        """
        same_sound = and_(Sound.id == last.sound_id, Location.id > last.location_id)
        further = or_(Sound.id > last.sound_id, same_sound)
        if last.key is None:
            return and_(self.key.is_(None), further)
        key = self._key(last.key)
        beyond = self.key < key if self.descending else self.key > key
        return or_(beyond, and_(self.key == key, further), self.key.is_(None))

    def _key(self, written: str | float) -> str | float | datetime:
        try:
            key = datetime.fromisoformat(str(written)) if self.kind is datetime else written
        except ValueError as error:
            raise InvalidRequest(REFUSAL) from error
        if not isinstance(key, self.kind):
            raise InvalidRequest(REFUSAL)
        return key


def _order(sort: Sort) -> _Order:
    name = "name" if sort == "relevance" else sort.lstrip("-")
    return _Order(*_KEYS[name], descending=sort.startswith("-"))


def _last(key: str | float | datetime | None, sound_id: str, location_id: int) -> Last:
    written = key.isoformat() if isinstance(key, datetime) else key
    return Last(written, sound_id, location_id)
