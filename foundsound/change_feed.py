"""What happened to sounds, for programs that keep a list of their own: pages with a cursor."""

import os
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from foundsound.catalog.change_models import Change
from foundsound.catalog.changes import (
    FeedState,
    changes_after,
    feed_state,
    number_changes,
    unread_paths,
)
from foundsound.catalog.database import Catalog
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import sounds_by_id
from foundsound.client_paths import ShownPath
from foundsound.errors import Gone, InvalidRequest

NOW = "now"
_CURSOR = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")
Kind = Literal["created", "updated", "moved", "deleted", "tagged"]


class ChangeItem(BaseModel):
    """Something that happened to a sound, and where the sound lies by now."""

    cursor: str = Field(description="Goes on behind this change.")
    kind: Kind = Field(
        description="created: it can be found from now on; updated: its metadata or analysis; "
        "moved: one of its files came, went or lies elsewhere; deleted: its last file is gone; "
        "tagged: tags, favourite, note or collections."
    )
    sound_id: str
    at: datetime
    was: ShownPath | None = Field(description="Where the file lay that was moved or deleted.")
    paths: list[ShownPath] = Field(description="Where the sound lies now; empty if nowhere.")


class ChangePage(BaseModel):
    """Changes in the order in which they can be read."""

    changes: list[ChangeItem]
    cursor: str = Field(description="For the next call.")
    more: bool = Field(description="There are more already.")


def read_changes(catalog: Catalog, since: str | None, limit: int) -> ChangePage:
    """The changes behind a cursor.

    Args:
        since: a cursor; ``now``: none, but the cursor of this moment; None: all that are kept.

    Raises:
        InvalidRequest: ``since`` is no cursor.
        Gone: what followed it is not kept any more, or it is another library's.
        Unavailable: the database is away.
    """
    if since == NOW:
        while number_changes(catalog):
            pass
        with catalog.read() as session:
            feed = feed_state(session)
        return ChangePage(changes=[], cursor=cursor_of(feed, feed.last), more=False)
    while True:
        # What is committed has no number before somebody asks: first this, then the look.
        numbered = number_changes(catalog)
        with catalog.read() as session:
            feed = feed_state(session)
            after = _number(feed, since)
            found = changes_after(session, after, limit + 1)
            page = found[:limit]
            items = items_of(session, feed, page)
        if len(found) > limit or not numbered:
            break
    last = page[-1].number if page else after
    assert last is not None
    return ChangePage(changes=items, cursor=cursor_of(feed, last), more=len(found) > limit)


def cursor_of(feed: FeedState, number: int) -> str:
    """The cursor that goes on behind a change."""
    return f"{feed.uid}-{number}"


def _number(feed: FeedState, since: str | None) -> int:
    if since is None:
        return feed.forgotten
    cursor = _CURSOR.fullmatch(since)
    if cursor is None:
        raise InvalidRequest(f"'{since}' is no cursor of this feed; begin with since=now.")
    uid, number = cursor[1], int(cursor[2])
    if uid != feed.uid or not feed.forgotten <= number <= feed.last:
        raise Gone(
            "What followed this cursor is not kept any more. Begin with since=now, then list the "
            "library anew."
        )
    return number


def items_of(session: Session, feed: FeedState, changes: Sequence[Change]) -> list[ChangeItem]:
    """Changes as they are told; one that turns out to be none is left out."""
    ids = list({change.sound_id for change in changes})
    sounds, unread = sounds_by_id(session, ids), unread_paths(session, ids)
    items = []
    for change in changes:
        sound = sounds.get(change.sound_id)
        files = [*unread.get(change.sound_id, ()), *(sound.paths if sound else ())]
        now = [path_text(path) for path in files]
        was = _was(change)
        if change.kind == "moved" and was in now:
            continue  # a folder was taken into a larger one
        assert change.number is not None
        items.append(
            ChangeItem.model_validate(
                {
                    "cursor": cursor_of(feed, change.number),
                    "kind": change.kind,
                    "sound_id": change.sound_id,
                    "at": change.at,
                    "was": was,
                    "paths": now,
                }
            )
        )
    return items


def _was(change: Change) -> str | None:
    if change.was_path is None:
        return None
    return path_text(os.path.join(change.was_root or b"", change.was_path))
