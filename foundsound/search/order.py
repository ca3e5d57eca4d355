"""Other orders than relevance, and what filters alone find."""

import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound
from foundsound.search.hydrate import COLUMNS, Found, found_of, found_sounds
from foundsound.search.matching import Selection
from foundsound.search.query.query import Sort
from foundsound.search.results import Hit

POOL = 1000  # of the most relevant sounds are put into another order

_KEYS: dict[str, Callable[[Hit], Any]] = {
    "name": lambda hit: os.path.basename(hit.path).casefold(),
    "duration": lambda hit: hit.duration_s,
    "added": lambda hit: hit.added_at,
}


def in_order(hits: list[Hit], sort: Sort) -> list[Hit]:
    """The hits by name, duration or date; those alike in it stay in the order they had."""
    return sorted(hits, key=_KEYS[sort.lstrip("-")], reverse=sort.startswith("-"))


def browse(
    session: Session, selection: Selection, sort: Sort, offset: int, limit: int
) -> list[Found]:
    """A page of the sounds that fit filters alone, each once, by the first of its files."""
    place = func.row_number().over(partition_by=Sound.id, order_by=Location.id)
    files = found_sounds(selection.conditions).add_columns(
        Location.path.label("file"), place.label("place")
    )
    if selection.within is not None:
        files = files.where(Sound.id.in_(selection.within))
    found = files.subquery()
    columns = found.c
    folder = func.rtrim(columns.file, func.replace(columns.file, "/", ""))
    key: ColumnElement[Any] = {
        "duration": columns.duration_s,
        "added": columns.added_at,
    }.get(sort.lstrip("-"), func.lower(func.substr(columns.file, func.length(folder) + 1)))
    rows = session.execute(
        select(*(columns[name] for name in COLUMNS))
        .where(columns.place == 1)
        .order_by(key.desc() if sort.startswith("-") else key, columns.id)
        .limit(limit)
        .offset(offset)
    )
    return [found_of(row) for row in rows]
