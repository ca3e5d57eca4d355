"""The queue: locations whose files need work, claimed in batches by workers.

The row that says what a file needs is the file's own row, so nothing is lost between the two. A
claim is a lease: it ends at ``due_at``, and whoever holds it moves that on by heartbeats. Each
function that ends a lease touches only rows that the worker still holds, so a worker that comes too
late does no harm.

Every function works in the caller's write transaction: on SQLite that is one at a time, on
PostgreSQL claims pass over rows that another claim has locked.
"""

import os
import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import (
    Location,
    Priority,
    Root,
    SoundWindows,
    Space,
    Work,
    utc_now,
)
from foundsound.catalog.scope import Scope, reachable
from foundsound.catalog.tables import table_of

BATCH = 1000  # ids in one statement
BACKOFF_S = 30.0  # before the second attempt; doubled with each further one
MAX_BACKOFF_S = 3600.0


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """A file that a worker has in hand."""

    location_id: int
    path: bytes  # absolute, as the catalogue has it
    size: int
    mtime_ns: int
    expired: bool = False  # its last worker was not heard of in time


@dataclass(frozen=True, slots=True)
class QueueLength:
    """Files in one state, and for how long the first of them could have been taken."""

    files: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Work that is left."""

    files: int
    bytes: int


def database_now(session: Session) -> datetime:
    """The time by the database's clock: the one that all workers share.

    SQLite has none of its own; only one machine works on it, and it takes that machine's.
    """
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now.astimezone(UTC)


def claim(
    session: Session,
    worker: str,
    space_id: int,
    limit: int,
    lease_s: float,
    now: datetime,
    scopes: Sequence[Scope] = (),
) -> list[ClaimedFile]:
    """Take up to ``limit`` files that are due, highest priority first, then longest due first.

    Args:
        worker: unique among all workers that ever run at once.
        space_id: what the worker embeds into; it gets only files that are to be embedded there.
        lease_s: how long they are its own without a heartbeat.
        scopes: claim only what lies there and somebody waits for; empty: everything.
    """
    queue = work_space(session, space_id)
    until = now + timedelta(seconds=lease_s)
    claimed: list[ClaimedFile] = []
    for priority in [Priority.USER] if scopes else sorted(Priority, reverse=True):
        rows = session.execute(
            select(
                Location.id,
                Root.path,
                Location.raw_path,
                Location.size,
                Location.mtime_ns,
                Location.work == Work.LEASED,
            )
            .join(Root, Root.id == Location.root_id)
            # One priority at a time, and literally what the index is made of: it serves the order.
            .where(
                Location.work_space == queue,
                Location.priority == priority,
                Location.due_at <= now,
                Location.missing_since.is_(None),
                reachable(),
                *_within(scopes),
            )
            .order_by(Location.due_at, Location.id)
            .limit(limit - len(claimed))
            .with_for_update(skip_locked=True, of=Location)
        ).all()
        claimed += [
            ClaimedFile(id_, os.path.join(root, raw), size, mtime_ns, bool(expired))
            for id_, root, raw, size, mtime_ns, expired in rows
        ]
        if len(claimed) == limit:
            break
    taken = {"work": Work.LEASED, "due_at": until, "lease_owner": worker}
    for ids in _batches([file.location_id for file in claimed]):
        session.execute(update(Location).where(Location.id.in_(ids)).values(taken))
    return claimed


def heartbeat(
    session: Session, worker: str, location_ids: Collection[int], lease_s: float, now: datetime
) -> set[int]:
    """Hold these files for another ``lease_s``; returns those that are the worker's still."""
    until = now + timedelta(seconds=lease_s)
    run = session.connection().execute
    held: set[int] = set()
    for ids in _batches(location_ids):
        if len(ids) > 1:  # a single row is locked by being written
            lock_files(session, ids)
        held.update(run(_KEEP, {"ids": ids, "worker": worker, "until": until}).scalars())
    return held


def settle(
    session: Session, worker: str, location_ids: Collection[int], space_id: int, now: datetime
) -> None:
    """These files' contents have their vectors in ``space_id``.

    What the active space still lacks, because the worker fills another one, stays work to do.
    """
    done = {
        "work": Work.SETTLED,
        "work_space": 0,
        "priority": Priority.BACKGROUND,
        "attempts": 0,
        "due_at": None,
        "lease_owner": None,
        "error": None,
    }
    lacking = {**done, "work": Work.PENDING, "due_at": now}
    active = select(Space.id).where(Space.active)
    embedded = (
        select(SoundWindows.sound_id)
        .where(SoundWindows.sound_id == Location.sound_id, SoundWindows.space_id.in_(active))
        .exists()
    )
    is_active = work_space(session, space_id) == 0
    for ids in _batches(location_ids):
        if not is_active:
            session.execute(update(Location).where(*_held(worker, ids), ~embedded).values(lacking))
        session.execute(update(Location).where(*_held(worker, ids)).values(done))


def put_off(
    session: Session,
    worker: str,
    location_id: int,
    reason: str,
    now: datetime,
    last_attempt: int | None = None,
    jitter: Callable[[], float] = random.random,
) -> bool:
    """An attempt came to nothing; the next one is made after twice as long as the last time.

    Args:
        reason: one sentence for a person.
        last_attempt: with this one the file goes into quarantine; None: never, because the
            file's content is not to blame.
        jitter: between 0 and 1; spreads what failed together over the second half of the wait.

    Returns:
        True when the file is in quarantine now.
    """
    held = _held(worker, [location_id])
    before = session.scalar(select(Location.attempts).where(*held).with_for_update())
    if before is None:
        return False
    attempts = before + 1
    if last_attempt is not None and attempts >= last_attempt:
        session.execute(
            update(Location).where(*held).values(_failed(reason) | {"attempts": attempts})
        )
        return True
    wait_s = min(MAX_BACKOFF_S, BACKOFF_S * 2.0 ** min(attempts - 1, 16)) * (1 + jitter()) / 2
    session.execute(
        update(Location)
        .where(*held)
        .values(
            work=Work.PENDING,
            priority=Priority.BACKGROUND,  # who waited for it has been told
            attempts=attempts,
            due_at=now + timedelta(seconds=wait_s),
            lease_owner=None,
            error=reason,
        )
    )
    return False


def quarantine(session: Session, worker: str, location_id: int, reason: str) -> None:
    """The file's content can never be used."""
    held = _held(worker, [location_id])
    session.execute(update(Location).where(*held).values(_failed(reason)))


def release(
    session: Session,
    worker: str,
    location_ids: Collection[int],
    now: datetime,
    delay_s: float = 0.0,
) -> None:
    """Give files back untouched; nobody takes them for ``delay_s``."""
    due_at = now + timedelta(seconds=delay_s)
    free = {"work": Work.PENDING, "due_at": due_at, "lease_owner": None}
    for ids in _batches(location_ids):
        session.execute(update(Location).where(*_held(worker, ids)).values(free))


def release_all(session: Session, now: datetime, worker: str | None = None) -> None:
    """Free every lease, or those of a worker, because whoever held them is known to be gone."""
    held = Location.work == Work.LEASED
    if worker is not None:
        held &= Location.lease_owner == worker
    free = {"work": Work.PENDING, "due_at": now, "lease_owner": None}
    session.execute(update(Location).where(held).values(free))


def clip_due_times(session: Session, now: datetime, lease_s: float) -> None:
    """Bring back what a clock that was ahead put off for too long.

    Nothing waits longer than a backoff lasts, nor a file that was never tried longer than a lease;
    a clock set back by a year would make files wait for a year.
    """
    tried = and_(Location.work != Work.LEASED, Location.attempts > 0)
    for priority in Priority:
        open_work = (Location.missing_since.is_(None), Location.priority == priority)
        for state, most_s in ((tried, MAX_BACKOFF_S), (~tried, lease_s)):
            latest = now + timedelta(seconds=most_s)
            session.execute(
                update(Location)
                .where(*open_work, state, Location.due_at > latest)
                .values(due_at=latest)
            )


def enqueue(
    session: Session,
    location_ids: Collection[int],
    space_id: int,
    priority: Priority,
    now: datetime,
) -> None:
    """Have known files looked at again now; attempts made so far count on.

    A file that a worker has in hand stays with it, under the new priority.
    """
    queue = work_space(session, space_id)
    wanted = {
        "work": Work.PENDING,
        "work_space": queue,
        "priority": priority,
        "due_at": now,
        "lease_owner": None,
    }
    leased = and_(Location.work == Work.LEASED, Location.due_at > now)
    for ids in _batches(location_ids):
        lock_files(session, ids)
        those = Location.id.in_(ids)
        session.execute(
            update(Location)
            .where(those, leased, Location.work_space == queue)
            .values(priority=priority)
        )
        session.execute(update(Location).where(those, ~leased).values(wanted))


def lock_files(session: Session, location_ids: Sequence[int]) -> None:
    """Keep these rows for this transaction: all take them in one order, so none waits in a circle.

    For the same reason a transaction takes rows of locations before those of their sounds.
    """
    those = select(Location.id).where(Location.id.in_(location_ids))
    session.execute(those.order_by(Location.id).with_for_update())


def open_work(session: Session, space_id: int, scopes: Sequence[Scope]) -> OpenWork:
    """What somebody waits for in these places: to be claimed, or in a worker's hands."""
    row = session.execute(
        select(func.count(), func.sum(Location.size)).where(
            Location.work_space == work_space(session, space_id),
            Location.priority == Priority.USER,
            Location.due_at.is_not(None),
            Location.missing_since.is_(None),
            reachable(),
            *_within(scopes),
        )
    ).one()
    return OpenWork(row[0], int(row[1] or 0))  # a Decimal on PostgreSQL


def queue_lengths(session: Session, now: datetime) -> dict[str, QueueLength]:
    """Open work by state: due, later, leased, expired; of all spaces together.

    Costs by the length of the queue, not of the catalogue: its index holds open work only.
    """
    leased = (Location.work == Work.LEASED).label("leased")
    past = (Location.due_at <= now).label("past")
    rows = session.execute(
        select(leased, past, func.count(), func.min(Location.due_at))
        .where(Location.due_at.is_not(None), Location.missing_since.is_(None))
        .group_by("leased", "past")
    )
    found = dict.fromkeys(("due", "later", "leased", "expired"), QueueLength(0, 0.0))
    for in_hand, overdue, count, first in rows:
        state = ("expired" if overdue else "leased") if in_hand else ("due" if overdue else "later")
        waits_s = (now - first).total_seconds() if first is not None else 0.0
        found[state] = QueueLength(count, max(0.0, waits_s))
    return found


def next_due(session: Session, space_id: int) -> datetime | None:
    """When the first file is due that nobody can claim yet; None when nothing waits."""
    queue = work_space(session, space_id)
    found = [
        session.scalar(
            select(func.min(Location.due_at)).where(
                Location.work_space == queue,
                Location.priority == priority,
                Location.due_at.is_not(None),
                Location.missing_since.is_(None),
                reachable(),
            )
        )
        for priority in Priority
    ]
    return min((at for at in found if at is not None), default=None)


def work_space(session: Session, space_id: int) -> int:
    """What ``Location.work_space`` says of work for this space: 0 when it is the active one."""
    active = session.scalar(select(Space.active).where(Space.id == space_id))
    return 0 if active else space_id


def _held(worker: str, ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return Location.id.in_(ids), Location.work == Work.LEASED, Location.lease_owner == worker


# Built once: putting it together costs more than running it.
_KEEP = (
    update(table_of(Location))
    .where(
        Location.id.in_(bindparam("ids", expanding=True)),
        Location.work == Work.LEASED,
        Location.lease_owner == bindparam("worker"),
    )
    .values(due_at=bindparam("until"))
    .returning(Location.id)
)


def _failed(reason: str) -> dict[str, object]:
    return {
        "work": Work.FAILED,
        "work_space": 0,
        "priority": Priority.BACKGROUND,
        "due_at": None,
        "lease_owner": None,
        "error": reason,
    }


def _within(scopes: Sequence[Scope]) -> tuple[ColumnElement[bool], ...]:
    return (or_(*(scope.holds() for scope in scopes)),) if scopes else ()


def _batches(ids: Collection[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]
