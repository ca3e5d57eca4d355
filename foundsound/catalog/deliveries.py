"""What alerts found, on its way out: claimed by one process at a time, tried until it arrives.

As in the queue of files, ``due_at`` is also the lease's end: whoever claims a delivery moves it
into the future, and one whose process died is due again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.alert_models import Alert, AlertDelivery, AlertHit

LEASE_S = 60.0  # longer than any attempt may take
BACKOFF_S = 5.0  # before the second attempt; doubled with each further one
MAX_BACKOFF_S = 3600.0
GIVE_UP = timedelta(days=7)  # after the sound was found


@dataclass(frozen=True)
class Delivery:
    """One that is ours for now, with all that is to be told."""

    id: int
    destination: str
    attempt: int  # from 1 on
    alert: Alert
    hit: AlertHit


def claim_deliveries(session: Session, owner: str, limit: int, now: datetime) -> list[Delivery]:
    """Take up to ``limit`` that are due, longest due first; those of paused alerts wait."""
    ids = list(
        session.scalars(
            select(AlertDelivery.id)
            .join(AlertHit, AlertHit.id == AlertDelivery.hit_id)
            .join(Alert, Alert.id == AlertHit.alert_id)
            .where(AlertDelivery.due_at <= now, Alert.paused.is_(False))
            .order_by(AlertDelivery.due_at, AlertDelivery.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=AlertDelivery)
        )
    )
    session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.id.in_(ids))
        .values(
            due_at=now + timedelta(seconds=LEASE_S),
            lease_owner=owner,
            attempts=AlertDelivery.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        select(AlertDelivery, Alert, AlertHit)
        .join(AlertHit, AlertHit.id == AlertDelivery.hit_id)
        .join(Alert, Alert.id == AlertHit.alert_id)
        .where(AlertDelivery.id.in_(ids))
        .order_by(AlertDelivery.id)
    ).all()
    session.expunge_all()
    return [
        Delivery(each.id, each.destination, each.attempts, alert, hit) for each, alert, hit in rows
    ]


def settle_delivery(session: Session, owner: str, delivery_id: int, now: datetime) -> None:
    """It has arrived."""
    session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.id == delivery_id, AlertDelivery.lease_owner == owner)
        .values(due_at=None, lease_owner=None, error=None, delivered_at=now)
    )


def put_off_delivery(
    session: Session, owner: str, delivery: Delivery, error: str, now: datetime, wait_s: float = 0.0
) -> None:
    """It has not arrived: another attempt later, until ``GIVE_UP`` has passed.

    Args:
        wait_s: that the receiver asked for, at least.
    """
    backoff_s = min(BACKOFF_S * 2 ** min(delivery.attempt - 1, 20), MAX_BACKOFF_S)
    later_s = max(backoff_s, min(wait_s, MAX_BACKOFF_S))
    due_at = None if now - delivery.hit.found_at > GIVE_UP else now + timedelta(seconds=later_s)
    session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.id == delivery.id, AlertDelivery.lease_owner == owner)
        .values(due_at=due_at, lease_owner=None, error=error)
    )


def release_deliveries(session: Session, owner: str, ids: Sequence[int], now: datetime) -> None:
    """Give back what was claimed and not tried."""
    session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.id.in_(ids), AlertDelivery.lease_owner == owner)
        .values(due_at=now, lease_owner=None, attempts=AlertDelivery.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def try_again(session: Session, alert_id: int, now: datetime) -> None:
    """Have everything tried at once that has not arrived, also what was given up."""
    hits = select(AlertHit.id).where(AlertHit.alert_id == alert_id)
    session.execute(
        update(AlertDelivery)
        .where(
            AlertDelivery.hit_id.in_(hits),
            AlertDelivery.delivered_at.is_(None),
            AlertDelivery.lease_owner.is_(None),
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def next_delivery(session: Session) -> datetime | None:
    """When one is due; None when nothing waits. Those of paused alerts count as well."""
    return session.scalar(
        select(func.min(AlertDelivery.due_at)).where(AlertDelivery.due_at.is_not(None))
    )
