"""Where a result goes on: opaque to the client, and bound to its query.

A cursor says how many hits came before, how many the first page asked for, and which sound was the
last. Where sounds are compared, the next page plays the same steps again, so that pages fit exactly
as long as the library does not change, and goes on behind that sound when it does. Filters alone go
on behind its place in the order, whether it is still there or not.
"""

import base64
import json
from dataclasses import dataclass
from typing import Annotated

from blake3 import blake3
from pydantic import Field, StringConstraints, TypeAdapter

from foundsound.errors import InvalidRequest
from foundsound.search.query.query import Query, SoundId

REFUSAL = "This cursor belongs to another query; search again without it."
_LAST = TypeAdapter(
    tuple[
        str | Annotated[float, Field(allow_inf_nan=False)] | None,
        Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")],
        Annotated[int, Field(ge=0, lt=2**63)],
        Annotated[tuple[SoundId, ...], Field(max_length=10)],
    ]
)
MOST_HITS = 10_000_000  # before a page: more than any library has


@dataclass(frozen=True)
class Last:
    """The last sound of a page, and of what filters alone find its place in the order."""

    key: str | float | None  # by which it is sorted
    sound_id: str
    location_id: int
    before: tuple[str, ...] = ()  # ids of the ones before it, where sounds are compared


@dataclass(frozen=True)
class Place:
    """How far a query has been read."""

    offset: int  # hits before
    first: int  # the first page's limit
    last: Last | None = None


def fingerprint(query: Query, space_key: str, clips: list[str]) -> str:
    """Tells queries apart, whatever page of theirs is asked for.

    Args:
        clips: content hashes of the clips that came with it.
    """
    within = None if query.within is None else tuple(sorted(set(query.within)))
    text = None if query.text is None else query.text.strip()
    same = query.model_copy(update={"within": within, "text": text})
    asked = same.model_dump_json(exclude={"cursor", "limit", "facets"})
    return blake3("\n".join([asked, space_key, *clips]).encode()).hexdigest(length=9)


def write_cursor(place: Place, fingerprint: str) -> str:
    """The place as text."""
    content: list[object] = [place.offset, place.first, fingerprint]
    if place.last is not None:
        last = place.last
        content.append([last.key, last.sound_id, last.location_id, last.before])
    text = json.dumps(content, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, fingerprint: str) -> Place:
    """The place that a cursor names.

    Raises:
        InvalidRequest: it is none of ours, or of another query.
    """
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        offset, first, owner, *more = json.loads(base64.urlsafe_b64decode(padded))
        last = _LAST.validate_json(json.dumps(more[0]), strict=True) if more else None
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidRequest(REFUSAL) from error
    numbers = all(type(number) is int and number >= 0 for number in (offset, first))
    if owner != fingerprint or not numbers or offset > MOST_HITS:
        raise InvalidRequest(REFUSAL)
    return Place(offset, first, None if last is None else Last(*last))
