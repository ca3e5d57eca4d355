"""Other orders than relevance, among the most relevant sounds; see browse.py for all."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from foundsound.catalog.paths import path_text
from foundsound.search.hydrate import Found
from foundsound.search.query.query import Sort
from foundsound.search.shown import Shown

POOL = 500  # of the most relevant sounds are put into another order

_KEYS: dict[str, Callable[[Found], Any]] = {
    "name": lambda found: path_text(os.path.basename(found.path)).casefold(),
    "duration": lambda found: found.duration_s,
    "added": lambda found: found.added_at,
    "loudness": lambda found: found.loudness_lufs,
}


def in_order(pool: Iterable[Shown], sort: Sort) -> list[Shown]:
    """By the sort's key; those alike in it stay in the order they had.

    Those whose key is not known come last in either direction.
    """
    key = _KEYS[sort.lstrip("-")]
    keyed = [(key(each.found), each) for each in pool]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [each for _, each in known] + [each for value, each in keyed if value is None]
