"""Where a result goes on: opaque to the client, and bound to its query.

A cursor says how many hits came before, and how many the first page asked for. The next page plays
the same steps again, so that pages fit together exactly as long as the library does not change.
"""

import base64
import json
from dataclasses import dataclass

from blake3 import blake3

from foundsound.errors import InvalidRequest
from foundsound.search.query.query import Query

REFUSAL = "This cursor belongs to another query; search again without it."


MOST_HITS = 10_000_000  # before a page: more than any library has


@dataclass(frozen=True)
class Place:
    """How far a query has been read."""

    offset: int  # hits before
    first: int  # the first page's limit


def fingerprint(query: Query, space_key: str, clips: list[str]) -> str:
    """Tells queries apart, whatever page of theirs is asked for.

    Args:
        clips: content hashes of the clips that came with it.
    """
    asked = query.model_dump_json(exclude={"cursor", "limit"})
    return blake3("\n".join([asked, space_key, *clips]).encode()).hexdigest(length=9)


def write_cursor(place: Place, fingerprint: str) -> str:
    """The place as text."""
    content = json.dumps([place.offset, place.first, fingerprint], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(text: str, fingerprint: str) -> Place:
    """The place that a cursor names.

    Raises:
        InvalidRequest: it is none of ours, or of another query.
    """
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        offset, first, owner = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidRequest(REFUSAL) from error
    numbers = all(type(number) is int and number >= 0 for number in (offset, first))
    if owner != fingerprint or not numbers or offset > MOST_HITS:
        raise InvalidRequest(REFUSAL)
    return Place(offset, first)
