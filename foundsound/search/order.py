"""Other orders than relevance, and what filters alone find."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound
from foundsound.catalog.paths import path_text
from foundsound.search.hydrate import Found, found_of, found_sounds
from foundsound.search.matching import Selection
from foundsound.search.query.query import Sort
from foundsound.search.shown import Shown

POOL = 500  # of the most relevant sounds are put into another order

_KEYS: dict[str, Callable[[Found], Any]] = {
    "name": lambda found: path_text(os.path.basename(found.path)).casefold(),
    "duration": lambda found: found.duration_s,
    "added": lambda found: found.added_at,
}
_FOLDER = func.rtrim(Location.path, func.replace(Location.path, "/", ""))
_FILE_NAME = func.lower(func.substr(Location.path, func.length(_FOLDER) + 1))
_KEY_COLUMNS: dict[str, ColumnElement[Any]] = {
    "duration": Sound.duration_s.expression,
    "added": Sound.added_at.expression,
}


def in_order(pool: Iterable[Shown], sort: Sort) -> list[Shown]:
    """By name, duration or date; those alike in it stay in the order they had."""
    key = _KEYS[sort.lstrip("-")]
    return sorted(pool, key=lambda each: key(each.found), reverse=sort.startswith("-"))


def browse(
    session: Session, selection: Selection, sort: Sort, offset: int, limit: int
) -> list[Found]:
    """A page of the sounds that fit filters alone, each once, by the first of its files."""
    key = _KEY_COLUMNS.get(sort.lstrip("-"), _FILE_NAME)
    rows = found_sounds(selection.conditions.whole or selection.conditions).order_by(
        key.desc() if sort.startswith("-") else key, Sound.id, Location.id
    )
    if selection.within is not None:
        rows = rows.where(Sound.id.in_(selection.within))
    wanted, asked = offset + limit, offset + limit
    while True:
        asked *= 2  # a sound may lie in several places
        found: dict[str, Found] = {}
        files = [found_of(row) for row in session.execute(rows.limit(asked))]
        for each in files:
            found.setdefault(each.id, each)
        if len(found) >= wanted or len(files) < asked:
            return list(found.values())[offset:wanted]
