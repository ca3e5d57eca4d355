"""Alerts: made, changed and forgotten; the sounds they are to be asked about; what they found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.alert_models import Alert, AlertBacklog, AlertClip, AlertDelivery, AlertHit
from foundsound.catalog.models import Sound, SoundState
from foundsound.catalog.names import name_key
from foundsound.catalog.upsert import dialect_insert
from foundsound.errors import NotFound

BATCH = 1000  # rows in one statement


@dataclass(frozen=True)
class FoundByAlert:
    """A sound that fits an alert, on its way into the catalogue."""

    alert_id: int
    sound_id: str
    path: str
    duration_s: float
    start_s: float
    end_s: float
    score: float | None = None
    strength: float | None = None
    destinations: Sequence[str] = field(default=())


def all_alerts(session: Session) -> list[Alert]:
    """Every alert, in alphabetical order."""
    return list(session.scalars(select(Alert).order_by(Alert.key)))


def alert_by_id(session: Session, alert_id: int) -> Alert:
    """An alert.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Alert, alert_id)
    if found is None:
        raise NotFound(f"There is no alert {alert_id}.")
    return found


def alert_named(session: Session, name: str) -> Alert | None:
    """An alert by its name, in any case."""
    return session.scalar(select(Alert).where(Alert.key == name_key(name)))


def delete_alert(session: Session, alert: Alert) -> None:
    """Forget an alert with all that it found; what is on its way arrives nowhere."""
    hits = select(AlertHit.id).where(AlertHit.alert_id == alert.id)
    session.execute(delete(AlertDelivery).where(AlertDelivery.hit_id.in_(hits)))
    session.execute(delete(AlertHit).where(AlertHit.alert_id == alert.id))
    session.execute(delete(AlertClip).where(AlertClip.alert_id == alert.id))
    session.delete(alert)
    session.flush()
    if session.scalar(select(func.count()).select_from(Alert)) == 0:
        session.execute(delete(AlertBacklog))  # nobody is left who would ask


def clips_of(session: Session, alert_id: int) -> list[AlertClip]:
    """The files that an alert's query compares with, in their order."""
    owned = AlertClip.alert_id == alert_id
    return list(session.scalars(select(AlertClip).where(owned).order_by(AlertClip.number)))


def await_alerts(session: Session, sound_ids: Sequence[str]) -> None:
    """Have the alerts asked about those sounds that are about to be indexed for the first time.

    Call it before the sounds' state changes, in the same transaction.
    """
    for start in range(0, len(sound_ids), BATCH):
        new = select(Sound.id).where(
            Sound.id.in_(sound_ids[start : start + BATCH]),
            Sound.state != SoundState.INDEXED,
            exists().where(Alert.id.is_not(None)),
        )
        statement = dialect_insert(session, AlertBacklog).from_select(["sound_id"], new)
        session.execute(statement.on_conflict_do_nothing())


def awaiting(session: Session, limit: int, after: str = "") -> list[str]:
    """Up to ``limit`` sounds that the alerts are to be asked about, by id."""
    waiting = select(AlertBacklog.sound_id).where(AlertBacklog.sound_id > after)
    return list(session.scalars(waiting.order_by(AlertBacklog.sound_id).limit(limit)))


def take_awaiting(session: Session, sound_ids: Sequence[str]) -> set[str]:
    """Take sounds off the backlog; those that nobody else took, or is taking now."""
    owned = select(AlertBacklog.sound_id).where(AlertBacklog.sound_id.in_(sound_ids))
    taken = set(session.scalars(owned.with_for_update(skip_locked=True)))
    session.execute(delete(AlertBacklog).where(AlertBacklog.sound_id.in_(taken)))
    return taken


def record_hits(session: Session, found: Sequence[FoundByAlert], now: datetime) -> int:
    """Write down what alerts found, and what is to be delivered; returns how many were new.

    What an alert found before, and alerts that were deleted meanwhile, are left out.
    """
    wanted = {each.alert_id for each in found}
    alive = select(Alert.id).where(Alert.id.in_(wanted)).order_by(Alert.id)
    there = set(session.scalars(alive.with_for_update(read=True)))
    new = 0
    for each in found:
        if each.alert_id not in there:
            continue
        statement = dialect_insert(session, AlertHit).values(
            alert_id=each.alert_id,
            sound_id=each.sound_id,
            path=each.path,
            duration_s=each.duration_s,
            start_s=each.start_s,
            end_s=each.end_s,
            score=each.score,
            strength=each.strength,
            found_at=now,
        )
        hit_id = session.scalar(statement.on_conflict_do_nothing().returning(AlertHit.id))
        if hit_id is None:
            continue
        new += 1
        for destination in each.destinations:
            session.execute(
                insert(AlertDelivery).values(
                    hit_id=hit_id, destination=destination, due_at=now, attempts=0
                )
            )
    return new


def tell_problem(session: Session, alert_id: int, problem: str | None) -> None:
    """Say why an alert cannot be asked now; None: it can."""
    session.execute(
        update(Alert)
        .where(Alert.id == alert_id, Alert.problem.is_distinct_from(problem))
        .values(problem=problem)
    )
