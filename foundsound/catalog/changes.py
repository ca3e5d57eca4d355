"""The feed of changes: numbers in the order in which they became visible, with no gap to come.

Triggers write changes down with no number (``change_triggers.py``). Numbers are given here, in one
place, to what is committed, by one transaction at a time: ids of a sequence would be given before
commits, in another order, and a reader that had passed one would miss what appears below it. So
whoever has read up to a number has read all that will ever stand below it, on both databases.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.change_models import Change, ChangeFeed, ChangeWebhook
from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root

BATCH = 2000  # changes numbered or forgotten in one transaction
_REPEATED = ("updated", "tagged")  # said once of a sound, however often, as long as nobody read it


@dataclass(frozen=True)
class FeedState:
    """How far the feed goes."""

    uid: str  # another feed has another one
    last: int  # number of the newest change
    forgotten: int  # number of the newest one that is not kept any more


def feed_state(session: Session) -> FeedState:
    """How far the feed goes; what has no number yet is not counted."""
    feed = session.scalars(select(ChangeFeed)).one()
    return FeedState(feed.uid, feed.last, feed.forgotten)


def changes_after(session: Session, number: int, limit: int) -> Sequence[Change]:
    """The changes with a greater number, in order."""
    query = select(Change).where(Change.number > number).order_by(Change.number).limit(limit)
    return session.scalars(query).all()


def unread_paths(session: Session, sound_ids: Sequence[str]) -> dict[str, list[bytes]]:
    """By sound, where files lie that were it, have changed, and are not read again yet."""
    files = (
        select(Location.formerly, Root.path, Location.raw_path)
        .join(Root, Root.id == Location.root_id)
        .where(Location.formerly.in_(sound_ids), Location.missing_since.is_(None))
        .order_by(Location.id)
    )
    found: dict[str, list[bytes]] = {}
    for sound_id, root, raw_path in session.execute(files):
        found.setdefault(str(sound_id), []).append(os.path.join(root, raw_path))
    return found


def changes_between(session: Session, number: int, until: int) -> Sequence[Change]:
    """Those behind a number, up to another one, in order."""
    query = select(Change).where(Change.number > number, Change.number <= until)
    return session.scalars(query.order_by(Change.number)).all()


def number_changes(catalog: Catalog) -> int:
    """Give numbers to what is committed, to so many at once; returns to how many.

    Raises:
        Unavailable: the database is away.
    """
    with catalog.read() as session:
        if not _unnumbered(session, 1):
            return 0
    with catalog.write(alone=True) as session:
        return _number(session)


def has_old_changes(session: Session, before: datetime) -> bool:
    """True when :func:`forget_changes` has something to do."""
    oldest = session.scalar(select(Change.at).order_by(Change.id).limit(1))
    return oldest is not None and oldest < before


def forget_changes(catalog: Catalog, before: datetime) -> None:
    """Delete what happened before a time; a cursor that has not passed it is too old from now on.

    Raises:
        Unavailable: the database is away.
    """
    while number_changes(catalog):
        pass
    while True:
        with catalog.write(alone=True) as session:
            oldest = session.execute(
                select(Change.number, Change.at)
                .where(Change.number.is_not(None))
                .order_by(Change.number)
                .limit(BATCH)
            )
            old = [number for number, at in oldest if at < before]
            if not old:
                return
            session.execute(delete(Change).where(Change.number <= old[-1]))
            session.execute(update(ChangeFeed).values(forgotten=old[-1]))


def start_anew(session: Session) -> None:
    """Forget all that was written down, in this transaction too: nobody has read any of it.

    Webhooks are told of what comes after it.
    """
    session.execute(delete(Change))
    session.execute(update(ChangeWebhook).values(told=feed_state(session).last))


def _unnumbered(session: Session, limit: int) -> Sequence[Change]:
    query = select(Change).where(Change.number.is_(None)).order_by(Change.id).limit(limit)
    return session.scalars(query).all()


def _number(session: Session) -> int:
    """Number the oldest of what waits; the caller writes alone."""
    feed = session.scalars(select(ChangeFeed)).one()
    waiting = _unnumbered(session, BATCH)
    latest = {(change.sound_id, change.kind): change for change in waiting}
    new = set()  # whoever hears of a new sound reads all of it
    for change in waiting:
        repeated = latest[change.sound_id, change.kind] is not change or change.sound_id in new
        if change.kind in _REPEATED and repeated:
            session.delete(change)
        else:
            feed.last += 1
            change.number = feed.last
            if change.kind == "created":
                new.add(change.sound_id)
            elif change.kind == "deleted":
                new.discard(change.sound_id)
    return len(waiting)
