"""What a space lacks, written into the queue: so that a change of models skips nothing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import (
    Location,
    Priority,
    Sound,
    SoundState,
    SoundWindows,
    Space,
    Work,
)
from foundsound.catalog.queue import BATCH, OpenWork, work_space
from foundsound.catalog.scope import Scope, reachable
from foundsound.catalog.spaces import active_space, embedded_in


def enqueue_lacking(
    session: Session, space_id: int, now: datetime, copy: int = 1, *, untried: bool = False
) -> OpenWork:
    """Queue the sounds at hand, not refused, that the space lacks, each by one of its files.

    Args:
        copy: by which of its files, from 1 on, in the order in which they were added; a sound with
            fewer copies is left out.
        untried: leave out files of which an attempt came to nothing.

    Returns:
        What was queued.
    """
    place = func.row_number().over(partition_by=Location.sound_id, order_by=Location.id)
    copies = (
        select(
            Location.id,
            Location.sound_id,
            Location.size,
            Location.error,
            place.label("place"),
        )
        .where(Location.missing_since.is_(None))
        .subquery()
    )
    wanted = (
        select(copies.c.id, copies.c.size)
        .join(Sound, Sound.id == copies.c.sound_id)
        .where(copies.c.place == copy, *_lacking(space_id))
    )
    if untried:
        wanted = wanted.where(copies.c.error.is_(None))
    lacking = wanted.subquery()
    files, size = session.execute(select(func.count(), func.sum(lacking.c.size))).one()
    in_hand = and_(Location.work == Work.LEASED, Location.due_at > now)
    session.execute(
        update(Location)
        .where(Location.id.in_(select(lacking.c.id)), ~in_hand)
        .values(
            work=Work.PENDING,
            work_space=work_space(session, space_id),
            priority=Priority.USER,
            due_at=now,
            lease_owner=None,
        )
    )
    return OpenWork(files, int(size or 0))  # a Decimal on PostgreSQL


def lacking_sounds(session: Session, space_id: int) -> set[str]:
    """Ids of the sounds at hand, not refused, that the space lacks."""
    at_hand = (
        select(Location.id)
        .where(Location.sound_id == Sound.id, Location.missing_since.is_(None))
        .exists()
    )
    return set(session.scalars(select(Sound.id).where(at_hand, *_lacking(space_id))))


def _lacking(space_id: int) -> tuple[ColumnElement[bool], ...]:
    return Sound.state != SoundState.FAILED, ~embedded_in(space_id)


def withdraw(session: Session, space_id: int, now: datetime) -> None:
    """Nothing waits for this space any more, which is not the active one; claims run out."""
    waiting = and_(Location.work_space == space_id, Location.work == Work.PENDING)
    free = {"work_space": 0, "due_at": now, "priority": Priority.BACKGROUND}
    session.execute(update(Location).where(waiting).values(free))
    realign_queue(session, now)


def space_to_fill(session: Session, now: datetime, but: Collection[int] = ()) -> Space | None:
    """A space, other than the active one, for which work is due; None when there is none.

    Args:
        but: ids of spaces that are passed over.
    """
    due = select(Location.id).where(
        Location.work_space == Space.id,
        Location.due_at <= now,
        Location.due_at.is_not(None),
        Location.missing_since.is_(None),
        reachable(),
    )
    wanted = select(Space).where(
        ~Space.active, Space.retired_at.is_(None), Space.id.not_in(but), due.exists()
    )
    return session.scalars(wanted.order_by(Space.id).limit(1)).first()


def is_being_filled(session: Session, space_id: int, now: datetime) -> bool:
    """True while a worker has files in hand for this space, which is not the active one."""
    in_hand = (Location.work == Work.LEASED, Location.due_at > now)
    files = select(Location.id).where(Location.work_space == space_id, *in_hand)
    return session.scalar(files.limit(1)) is not None


def most_copies(session: Session, space_id: int) -> int:
    """How many files at hand the sound has that has the most of those that the space lacks."""
    copies = (
        select(func.count())
        .select_from(Location)
        .join(Sound, Sound.id == Location.sound_id)
        .where(Location.missing_since.is_(None), *_lacking(space_id))
        .group_by(Sound.id)
        .subquery()
    )
    return session.scalar(select(func.max(copies.c[0]))) or 0


def unfinished_files(session: Session, scope: Scope, space_id: int, after: int) -> list[int]:
    """Files at hand in a place that are neither in the space nor in quarantine.

    Args:
        after: only files with a greater id than this one, the smallest of them, in order.
    """
    embedded = select(SoundWindows.sound_id).where(
        SoundWindows.sound_id == Location.sound_id, SoundWindows.space_id == space_id
    )
    done: list[ColumnElement[bool]] = [embedded.exists()]
    if work_space(session, space_id) == 0:  # the queue's rows speak of the active space
        for_another = and_(Location.work_space != 0, Location.error.is_(None))
        done.append(or_(Location.work == Work.SETTLED, for_another))
    query = select(Location.id).where(
        scope.holds(),
        Location.missing_since.is_(None),
        Location.id > after,
        ~or_(Location.work == Work.FAILED, and_(*done)),
    )
    return list(session.scalars(query.order_by(Location.id).limit(BATCH)))


def realign_queue(session: Session, now: datetime) -> None:
    """Have the queue agree with the active space, after it changed or lost vectors.

    What it lacks is work, what it has is not, and nothing waits for a space that is no more.
    """
    active = active_space(session)
    if active is None:
        return
    filled = select(Space.id).where(~Space.active)
    stranded = and_(Location.work_space != 0, ~Location.work_space.in_(filled))
    session.execute(update(Location).where(stranded).values(work_space=0))
    embedded = select(Sound.id).where(embedded_in(active.id))
    session.execute(
        update(Location)
        .where(
            Location.work == Work.PENDING,
            Location.work_space == 0,
            Location.error.is_(None),
            Location.sound_id.in_(embedded),
        )
        .values(work=Work.SETTLED, due_at=None, priority=Priority.BACKGROUND)
    )
    usable = select(Sound.id).where(Sound.state != SoundState.FAILED, ~embedded_in(active.id))
    unsettled = or_(Location.sound_id.is_(None), Location.sound_id.in_(usable))
    session.execute(
        update(Location)
        .where(Location.work == Work.SETTLED, unsettled)
        .values(work=Work.PENDING, due_at=now)
    )
