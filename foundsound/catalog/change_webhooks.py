"""Webhooks that are told of changes: claimed by one process at a time, until a message arrives.

As with the deliveries of alerts, ``due_at`` is also the lease's end. Each webhook has one message
under way, whose changes are the same at each attempt; the next begins where it ended.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.change_models import Change, ChangeFeed, ChangeWebhook
from foundsound.catalog.deliveries import BACKOFF_S, LEASE_S, MAX_BACKOFF_S
from foundsound.errors import NotFound

IN_MESSAGE = 100  # changes at most


def all_webhooks(session: Session) -> Sequence[ChangeWebhook]:
    """Every webhook, oldest first."""
    return session.scalars(select(ChangeWebhook).order_by(ChangeWebhook.id)).all()


def webhook_by_id(session: Session, webhook_id: int) -> ChangeWebhook:
    """One of them.

    Raises:
        NotFound: there is no such one.
    """
    webhook = session.get(ChangeWebhook, webhook_id)
    if webhook is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return webhook


def has_due(session: Session, now: datetime) -> bool:
    """True when :func:`claim_webhooks` has something to take."""
    return session.scalar(select(ChangeWebhook.id).where(_due(now)).limit(1)) is not None


def next_due(session: Session) -> datetime | None:
    """When the first message that did not arrive is due again, or its lease ends."""
    return session.scalar(select(func.min(ChangeWebhook.due_at)))


def claim_webhooks(session: Session, owner: str, now: datetime) -> list[ChangeWebhook]:
    """Take those that lag behind the feed and are due, each with a message to send."""
    claimed = session.scalars(
        select(ChangeWebhook).where(_due(now)).with_for_update(skip_locked=True)
    ).all()
    for webhook in claimed:
        if webhook.telling is None:
            webhook.telling = _end_of_message(session, webhook.told)
        webhook.due_at = now + timedelta(seconds=LEASE_S)
        webhook.lease_owner = owner
        webhook.attempts += 1
    session.flush()
    session.expunge_all()
    return list(claimed)


def settle_webhook(session: Session, owner: str, webhook: ChangeWebhook, now: datetime) -> None:
    """Its message has arrived."""
    _update(
        session,
        owner,
        webhook,
        told=webhook.telling,
        telling=None,
        due_at=None,
        lease_owner=None,
        attempts=0,
        error=None,
        delivered_at=now,
    )


def put_off_webhook(
    session: Session, owner: str, webhook: ChangeWebhook, error: str, now: datetime, wait_s: float
) -> None:
    """It has not arrived: another attempt later, for as long as changes are kept.

    Args:
        wait_s: that the receiver asked for, at least.
    """
    backoff_s = min(BACKOFF_S * 2 ** min(webhook.attempts - 1, 20), MAX_BACKOFF_S)
    later = now + timedelta(seconds=max(backoff_s, min(wait_s, MAX_BACKOFF_S)))
    _update(session, owner, webhook, due_at=later, lease_owner=None, error=error)


def release_webhook(session: Session, owner: str, webhook: ChangeWebhook) -> None:
    """Give back what was claimed and not tried."""
    _update(session, owner, webhook, due_at=None, lease_owner=None, attempts=webhook.attempts - 1)


def _due(now: datetime) -> ColumnElement[bool]:
    last = select(ChangeFeed.last).scalar_subquery()
    return (ChangeWebhook.told < last) & or_(
        ChangeWebhook.due_at.is_(None), ChangeWebhook.due_at <= now
    )


def _end_of_message(session: Session, told: int) -> int:
    query = select(Change.number).where(Change.number > told).order_by(Change.number)
    numbers = session.scalars(query.limit(IN_MESSAGE)).all()
    if numbers and numbers[-1] is not None:
        return numbers[-1]
    return session.scalars(select(ChangeFeed.last)).one()  # all of it was forgotten


def _update(session: Session, owner: str, webhook: ChangeWebhook, **values: object) -> None:
    session.execute(
        update(ChangeWebhook)
        .where(ChangeWebhook.id == webhook.id, ChangeWebhook.lease_owner == owner)
        .values(**values)
    )
