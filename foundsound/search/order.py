"""Other orders than relevance, among the most relevant sounds; see browse.py for all."""

import os
from collections.abc import Callable
from typing import Any

from foundsound.search.query.query import Sort
from foundsound.search.results import Hit

POOL = 500  # of the most relevant sounds are put into another order

_KEYS: dict[str, Callable[[Hit], Any]] = {
    "name": lambda hit: os.path.basename(hit.path).casefold(),
    "duration": lambda hit: hit.duration_s,
    "added": lambda hit: hit.added_at,
    "loudness": lambda hit: hit.loudness_lufs,
}


def in_order(hits: list[Hit], sort: Sort) -> list[Hit]:
    """The hits by the sort's key; those alike in it stay in the order they had.

    Hits whose key is not known come last in either direction.
    """
    key = _KEYS[sort.lstrip("-")]
    known = [hit for hit in hits if key(hit) is not None]
    unknown = [hit for hit in hits if key(hit) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown
