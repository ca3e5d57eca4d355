"""Files that could not be used: those in quarantine, and those that will be tried again."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select, text, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import (
    QUARANTINED,
    Location,
    Priority,
    Root,
    Sound,
    SoundState,
    Work,
)
from foundsound.catalog.queue import BATCH, lock_files
from foundsound.catalog.scope import Scope


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be used, why, and what becomes of it."""

    location_id: int
    path: bytes  # absolute
    reason: str
    attempts: int
    next_attempt: datetime | None  # None: in quarantine, until it changes or is retried


def failed_files(
    session: Session,
    limit: int,
    before: int | None = None,
    scopes: Sequence[Scope] | None = None,
) -> list[FailedFile]:
    """Files at hand that could not be used, those found last first.

    Args:
        before: only those that were found before the location with this id: the next page.
        scopes: where they lie; None: anywhere.
    """
    query = (
        select(
            Location.id,
            Root.path,
            Location.raw_path,
            Location.error,
            Location.attempts,
            Location.due_at,
        )
        .join(Root, Root.id == Location.root_id)
        .where(*FAILED, *_within(scopes))
        .order_by(Location.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Location.id < before)
    return [
        FailedFile(id_, os.path.join(root, raw), reason or "", attempts, due_at)
        for id_, root, raw, reason, attempts, due_at in session.execute(query)
    ]


def retry(session: Session, now: datetime, scopes: Sequence[Scope] | None = None) -> int:
    """Have files that could not be used tried again at once, as if for the first time.

    Args:
        scopes: where they lie; None: all of them.

    Returns:
        How many there are.
    """
    where = (*FAILED, Location.work != Work.LEASED, *_within(scopes))
    ids = session.scalars(select(Location.id).where(*where)).all()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        forgive(session, batch)
        session.execute(
            update(Location)
            .where(Location.id.in_(batch))
            .values(work=Work.PENDING, priority=Priority.USER, due_at=now)
        )
    return len(ids)


def forgive(session: Session, location_ids: Sequence[int]) -> None:
    """Forget what was held against these files, and their contents' refusal."""
    lock_files(session, location_ids)
    lying_there = select(Location.sound_id).where(Location.id.in_(location_ids))
    session.execute(
        update(Sound)
        .where(Sound.id.in_(lying_there), Sound.state == SoundState.FAILED)
        .values(state=SoundState.PENDING, error=None)
    )
    session.execute(
        update(Location).where(Location.id.in_(location_ids)).values(attempts=0, error=None)
    )


def absolve_copies(session: Session, sound_ids: Collection[str]) -> None:
    """These contents are in the index after all: so are their files that failed before."""
    failed = (Location.sound_id.in_(sound_ids), Location.work == Work.FAILED)
    session.execute(
        update(Location).where(*failed).values(work=Work.SETTLED, attempts=0, error=None)
    )


FAILED: tuple[ColumnElement[bool], ...] = (
    Location.error.is_not(None),
    Location.missing_since.is_(None),
)
"""Condition on Location: the file is at hand and could not be used."""


def _within(scopes: Sequence[Scope] | None) -> tuple[ColumnElement[bool], ...]:
    if scopes is None:
        return ()
    return (or_(false(), *(scope.holds() for scope in scopes)),)


def count_quarantined(session: Session, most_attempts: int) -> dict[str, int]:
    """Files in quarantine by why they are there.

    ``unusable``: no audio, at the first look; ``decoder``: so many attempts came to nothing. Costs
    by the quarantine, not by the catalogue: its index holds nothing else.
    """
    tried = (Location.attempts >= most_attempts).label("tried")
    # As the index has it, to the letter: with values in their places it would not be used.
    counted = select(tried, func.count()).where(text(QUARANTINED)).group_by("tried")
    counts = {bool(each): count for each, count in session.execute(counted)}
    return {"unusable": counts.get(False, 0), "decoder": counts.get(True, 0)}


def count_failed(session: Session) -> tuple[int, int]:
    """How many files are in quarantine, and how many will be tried again."""
    rows = session.execute(
        select(Location.work == Work.FAILED, func.count()).where(*FAILED).group_by(Location.work)
    )
    counts = {True: 0, False: 0}
    for final, count in rows:
        counts[bool(final)] += count
    return counts[True], counts[False]
