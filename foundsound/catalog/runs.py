"""Runs that any worker may do: a change of models, a search for near-duplicates.

As with files (``queue.py``) a claim is a lease, moved on by heartbeats, which also say how far the
run is. Of each kind the oldest one is done first, and no other one meanwhile. Every function works
in the caller's write transaction, or reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, Index, String, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Update

from foundsound.catalog.models import Base, UtcDateTime, utc_now
from foundsound.indexing import IndexProgress, RunKind

KEPT = 100  # ended runs that can still be asked for
OPEN = "state != 'ended'"


class RunState(StrEnum):
    """Where a run stands among workers; what became of it is in its progress."""

    WAITING = "waiting"
    LEASED = "leased"
    ENDED = "ended"


class StoredRun(Base):
    """A run."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_open", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RunKind] = mapped_column(
        Enum(RunKind, native_enum=False, length=16, values_callable=lambda e: [k.value for k in e])
    )
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)  # of a change: its Switch
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)  # an IndexProgress
    state: Mapped[RunState] = mapped_column(
        Enum(RunState, native_enum=False, length=16, values_callable=lambda e: [s.value for s in e])
    )
    stopping: Mapped[bool]  # somebody asked for its end
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of a lease: its end
    lease_owner: Mapped[str | None] = mapped_column(String(128))


@dataclass(frozen=True)
class KnownRun:
    """A run as it stands."""

    id: int
    kind: RunKind
    wanted: dict[str, Any]
    progress: IndexProgress
    state: RunState
    due_at: datetime
    worker: str | None


def add_run(session: Session, kind: RunKind, wanted: dict[str, Any], now: datetime) -> int:
    """Queue a run; returns its id."""
    run = StoredRun(
        kind=kind,
        wanted=wanted,
        progress=_plain(IndexProgress()),
        state=RunState.WAITING,
        stopping=False,
        due_at=now,
    )
    session.add(run)
    session.flush()
    old = select(StoredRun.id).order_by(StoredRun.id.desc()).offset(KEPT)
    session.execute(
        delete(StoredRun).where(
            StoredRun.state == RunState.ENDED, StoredRun.id.in_(list(session.scalars(old)))
        )
    )
    return run.id


def find_run(session: Session, run_id: int) -> KnownRun | None:
    """A run; None when there is none."""
    stored = session.get(StoredRun, run_id)
    return None if stored is None else _known(stored)


def open_runs(session: Session) -> list[KnownRun]:
    """All that have not ended, in the order in which they were asked for."""
    query = select(StoredRun).where(StoredRun.state != RunState.ENDED).order_by(StoredRun.id)
    return [_known(stored) for stored in session.scalars(query)]


def claim_run(
    session: Session, worker: str, kinds: Sequence[RunKind], lease_s: float, now: datetime
) -> KnownRun | None:
    """Take the next run of one of these kinds; None when none can be had."""
    first = (
        select(func.min(StoredRun.id))
        .where(StoredRun.state != RunState.ENDED)
        .group_by(StoredRun.kind)
    )
    query = (
        select(StoredRun)
        .where(
            StoredRun.id.in_(first),
            StoredRun.state != RunState.ENDED,
            StoredRun.kind.in_(kinds),
            StoredRun.due_at <= now,
        )
        .order_by(StoredRun.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    stored = session.scalars(query).first()
    if stored is None:
        return None
    stored.state, stored.lease_owner = RunState.LEASED, worker
    stored.due_at = now + timedelta(seconds=lease_s)
    session.flush()
    return _known(stored)


def beat_run(
    session: Session,
    run_id: int,
    worker: str,
    progress: IndexProgress,
    lease_s: float,
    now: datetime,
) -> bool | None:
    """Hold a run and say how far it is; True when it shall end, None when another one has it."""
    until = now + timedelta(seconds=lease_s)
    changed = _held(run_id, worker).values(due_at=until, progress=_plain(progress))
    stopping: bool | None = session.scalar(changed.returning(StoredRun.stopping))
    return stopping


def end_run(session: Session, run_id: int, worker: str, progress: IndexProgress) -> None:
    """The worker is done with it, however it ended."""
    ended = {"state": RunState.ENDED, "progress": _plain(progress), "lease_owner": None}
    session.execute(_held(run_id, worker).values(ended))


def give_back_run(session: Session, run_id: int, worker: str, due_at: datetime) -> None:
    """Another worker may go on with it, from ``due_at`` on."""
    free = {"state": RunState.WAITING, "due_at": due_at, "lease_owner": None}
    session.execute(_held(run_id, worker).values(free))


def stop_run(session: Session, run_id: int) -> None:
    """Have it end: at once when nobody is at it."""
    session.execute(update(StoredRun).where(StoredRun.id == run_id).values(stopping=True))
    waiting = (StoredRun.id == run_id, StoredRun.state == RunState.WAITING)
    stored = session.scalars(select(StoredRun).where(*waiting).with_for_update()).first()
    if stored is not None:
        stored.state = RunState.ENDED
        stored.progress = {**stored.progress, "state": "stopped"}


def _held(run_id: int, worker: str) -> Update:
    mine = (StoredRun.state == RunState.LEASED, StoredRun.lease_owner == worker)
    return update(StoredRun).where(StoredRun.id == run_id, *mine)


def _known(stored: StoredRun) -> KnownRun:
    return KnownRun(
        stored.id,
        stored.kind,
        stored.wanted,
        IndexProgress.model_validate(stored.progress),
        stored.state,
        stored.due_at,
        stored.lease_owner,
    )


def _plain(progress: IndexProgress) -> dict[str, Any]:
    return progress.model_dump(mode="json")
