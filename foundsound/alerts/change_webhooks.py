"""Tells webhooks what happened to sounds: the feed of changes, pushed, in order.

Signed and tried again as an alert's finds are. Messages to one receiver follow each other: the next
is sent once the one before has arrived, so that a receiver never learns of two in the wrong order.
"""

import asyncio
import json
import secrets
import socket
import threading
import uuid
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from foundsound.alerts.addresses import check_allowed_url
from foundsound.alerts.shapes import Delivered
from foundsound.alerts.signature import check_secret, new_secret
from foundsound.alerts.webhook import NotDelivered, post
from foundsound.catalog.change_models import ChangeWebhook
from foundsound.catalog.change_webhooks import (
    all_webhooks,
    claim_webhooks,
    has_due,
    next_due,
    put_off_webhook,
    release_webhook,
    settle_webhook,
)
from foundsound.catalog.changes import changes_between, feed_state, number_changes
from foundsound.catalog.database import Catalog
from foundsound.catalog.models import utc_now
from foundsound.catalog.queue import database_now
from foundsound.change_feed import ChangeItem, cursor_of, items_of
from foundsound.errors import InvalidRequest
from foundsound.metrics import CHANGE_DELIVERIES
from foundsound.settings import Settings

MOST_WEBHOOKS = 100
_NAMESPACE = uuid.UUID("8f7a1a60-6b7f-5c1e-9d0e-1f6f3f1c6a52")  # ours alone, fixed for good


class NewWebhook(BaseModel):
    """A webhook that is to be told of changes from now on."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(examples=["https://assets.example/hooks/foundsound"])
    secret: str | None = Field(
        default=None, description="To sign with; without it, one is made and shown this once."
    )


class WebhookReport(BaseModel):
    """A webhook, and how it is doing."""

    id: int
    url: str
    added_at: datetime
    waiting: int = Field(description="Changes that it has not been told of, at most.")
    delivered_at: datetime | None
    error: str | None = Field(description="Why the last attempt came to nothing.")


class MadeWebhook(WebhookReport):
    """A new one, with its secret."""

    secret: str


def add_webhook(catalog: Catalog, wanted: NewWebhook, settings: Settings) -> MadeWebhook:
    """Have a webhook told of what happens from now on.

    Raises:
        InvalidRequest: address or secret is none, or there are too many.
        Unavailable: the catalogue is away.
    """
    check_allowed_url(wanted.url, settings)
    secret = wanted.secret or new_secret()
    check_secret(secret)
    while number_changes(catalog):
        pass
    with catalog.write(alone=True) as session:
        if len(all_webhooks(session)) >= MOST_WEBHOOKS:
            raise InvalidRequest(f"There are {MOST_WEBHOOKS} webhooks already.")
        webhook = ChangeWebhook(url=wanted.url, secret=secret, told=feed_state(session).last)
        session.add(webhook)
        session.flush()
        return MadeWebhook(**dict(_report(session, webhook)), secret=secret)


def report_webhooks(session: Session) -> list[WebhookReport]:
    """Every webhook, oldest first."""
    return [_report(session, webhook) for webhook in all_webhooks(session)]


def try_webhook(webhook: ChangeWebhook, settings: Settings) -> Delivered:
    """Send a message of type ``library.test``, and say what became of it."""
    key = str(uuid.uuid4())
    message = _message(key, "library.test", {})
    problem = None
    try:
        asyncio.run(post(webhook.url, webhook.secret, key, message, settings))
    except NotDelivered as error:
        problem = str(error)
    return Delivered(destination="webhook", delivered=problem is None, problem=problem)


class ChangeTeller:
    """Tells what is new, side by side with other processes."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings
        self._owner = f"{socket.gethostname()}:{secrets.token_hex(8)}"
        self._stopping = threading.Event()

    def run(self) -> int:
        """Send each webhook that lags behind one message; returns how many were tried.

        Raises:
            Unavailable: the catalogue is away.
        """
        with self._catalog.read() as session:
            if not all_webhooks(session):
                return 0
        while number_changes(self._catalog):
            pass
        with self._catalog.read() as session:
            if not has_due(session, database_now(session)):
                return 0
        with self._catalog.write() as session:
            claimed = claim_webhooks(session, self._owner, database_now(session))
        asyncio.run(self._tell_all(claimed))
        return len(claimed)

    def due_in_s(self) -> float | None:
        """Seconds until the next message is to be sent again; None when none waits for that.

        Raises:
            Unavailable: the catalogue is away.
        """
        with self._catalog.read() as session:
            due_at = next_due(session)
            return None if due_at is None else (due_at - database_now(session)).total_seconds()

    def ask_to_stop(self) -> None:
        """Begin no further message."""
        self._stopping.set()

    async def _tell_all(self, claimed: Sequence[ChangeWebhook]) -> None:
        await asyncio.gather(*map(self._tell, claimed))

    async def _tell(self, webhook: ChangeWebhook) -> None:
        key, message = await asyncio.to_thread(self._next_message, webhook)
        if self._stopping.is_set():
            await asyncio.to_thread(self._release, webhook)
            return
        try:
            if message:
                await post(webhook.url, webhook.secret, key, message, self._settings)
        except NotDelivered as error:
            CHANGE_DELIVERIES.labels("failed").inc()
            await asyncio.to_thread(self._put_off, webhook, error)
        else:
            if message:
                CHANGE_DELIVERIES.labels("delivered").inc()
            await asyncio.to_thread(self._settle, webhook)

    def _next_message(self, webhook: ChangeWebhook) -> tuple[str, bytes]:
        """The message's key, and the message; empty when there is nothing to tell after all."""
        told, until = webhook.told, webhook.telling or 0
        with self._catalog.read() as session:
            feed = feed_state(session)
            items = items_of(session, feed, changes_between(session, told, until))
        key = str(uuid.uuid5(_NAMESPACE, f"{feed.uid}/{webhook.id}/{told}/{until}"))
        missed = told < feed.forgotten
        if not items and not missed:
            return key, b""
        data = {"missed": missed, "cursor": cursor_of(feed, until), "changes": _plain(items)}
        return key, _message(key, "library.changed", data)

    def _settle(self, webhook: ChangeWebhook) -> None:
        with self._catalog.write() as session:
            settle_webhook(session, self._owner, webhook, database_now(session))

    def _put_off(self, webhook: ChangeWebhook, error: NotDelivered) -> None:
        with self._catalog.write() as session:
            now = database_now(session)
            put_off_webhook(session, self._owner, webhook, str(error), now, error.wait_s)

    def _release(self, webhook: ChangeWebhook) -> None:
        with self._catalog.write() as session:
            release_webhook(session, self._owner, webhook)


def _report(session: Session, webhook: ChangeWebhook) -> WebhookReport:
    return WebhookReport(
        id=webhook.id,
        url=webhook.url,
        added_at=webhook.added_at,
        waiting=max(0, feed_state(session).last - webhook.told),
        delivered_at=webhook.delivered_at,
        error=webhook.error,
    )


def _plain(items: Sequence[ChangeItem]) -> list[dict[str, object]]:
    return [item.model_dump(mode="json") for item in items]


def _message(key: str, kind: str, data: dict[str, object]) -> bytes:
    now = utc_now().isoformat(timespec="seconds")
    message = {"type": kind, "id": key, "timestamp": now, "data": data}
    return json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
