"""Tells the destinations of alerts what was found, until they have it.

A delivery is claimed in the catalogue before it is tried and settled after it arrived. A process
that dies in between leaves it due again when its lease ends; the receiver knows a second one by its
key, and a file is looked into before a line is written again.
"""

import asyncio
import contextlib
import secrets
import socket
import threading
from collections.abc import Sequence

from foundsound.alerts.json_lines import append_line
from foundsound.alerts.message import message_of, test_message
from foundsound.alerts.shapes import Delivered
from foundsound.alerts.webhook import NotDelivered, post
from foundsound.catalog.alert_models import Alert
from foundsound.catalog.database import Catalog
from foundsound.catalog.deliveries import (
    Delivery,
    claim_deliveries,
    next_delivery,
    put_off_delivery,
    release_deliveries,
    settle_delivery,
)
from foundsound.catalog.queue import database_now
from foundsound.metrics import DELIVERIES
from foundsound.settings import Settings

AT_ONCE = 16


class Deliverer:
    """Delivers what is due, side by side with other processes."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings
        self._owner = f"{socket.gethostname()}:{secrets.token_hex(8)}"
        self._stopping = threading.Event()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def run(self) -> int:
        """Try up to ``AT_ONCE`` deliveries that are due, once each; returns how many.

        Raises:
            Unavailable: the catalogue is away.
        """
        with self._catalog.read() as session:
            due_at = next_delivery(session)
            if due_at is None or due_at > database_now(session):
                return 0
        with self._catalog.write() as session:
            claimed = claim_deliveries(session, self._owner, AT_ONCE, database_now(session))
        if claimed:
            asyncio.run(self._deliver(claimed))
        return len(claimed)

    def due_in_s(self) -> float | None:
        """Seconds until the next delivery is due; None when nothing waits.

        Raises:
            Unavailable: the catalogue is away.
        """
        with self._catalog.read() as session:
            due_at = next_delivery(session)
            if due_at is None:
                return None
            return (due_at - database_now(session)).total_seconds()

    def ask_to_stop(self) -> None:
        """Break off what is under way; it is due again at once, for anyone."""
        self._stopping.set()
        if self._running is not None:
            loop, task = self._running
            with contextlib.suppress(RuntimeError):  # it has just ended by itself
                loop.call_soon_threadsafe(task.cancel)

    async def _deliver(self, claimed: Sequence[Delivery]) -> None:
        task = asyncio.ensure_future(self._try_all(claimed))
        self._running = (asyncio.get_running_loop(), task)
        if self._stopping.is_set():
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            with self._catalog.write() as session:
                ids = [each.id for each in claimed]
                release_deliveries(session, self._owner, ids, database_now(session))
        finally:
            self._running = None

    async def _try_all(self, claimed: Sequence[Delivery]) -> None:
        await asyncio.gather(*map(self._try, claimed))

    async def _try(self, delivery: Delivery) -> None:
        key, message = message_of(delivery.alert, delivery.hit)
        try:
            again = delivery.attempt > 1
            await _send(delivery.alert, delivery.destination, key, message, again, self._settings)
        except NotDelivered as error:
            DELIVERIES.labels(delivery.destination, "failed").inc()
            await asyncio.to_thread(self._put_off, delivery, error)
        else:
            DELIVERIES.labels(delivery.destination, "delivered").inc()
            await asyncio.to_thread(self._settle, delivery)

    def _settle(self, delivery: Delivery) -> None:
        with self._catalog.write() as session:
            settle_delivery(session, self._owner, delivery.id, database_now(session))

    def _put_off(self, delivery: Delivery, error: NotDelivered) -> None:
        with self._catalog.write() as session:
            now = database_now(session)
            put_off_delivery(session, self._owner, delivery, str(error), now, error.wait_s)


def destinations_of(alert: Alert) -> list[str]:
    """Where an alert's finds are to be told, besides the feed."""
    wanted = {"webhook": alert.webhook_url, "file": alert.file}
    return [name for name, where in wanted.items() if where is not None]


def try_destinations(alert: Alert, settings: Settings) -> list[Delivered]:
    """Send a test message to each destination, and say what became of it."""
    key, message = test_message(alert)
    found = []
    for destination in destinations_of(alert):
        problem = None
        try:
            asyncio.run(_send(alert, destination, key, message, False, settings))
        except NotDelivered as error:
            problem = str(error)
        found.append(Delivered(destination=destination, delivered=problem is None, problem=problem))
    return found


async def _send(
    alert: Alert, destination: str, key: str, message: bytes, again: bool, settings: Settings
) -> None:
    if destination == "webhook" and alert.webhook_url and alert.webhook_secret:
        await post(alert.webhook_url, alert.webhook_secret, key, message, settings)
    elif destination == "file" and alert.file:
        await asyncio.to_thread(append_line, alert.file, key, message, again=again)
    # A destination that the alert has no longer: nobody wants it.
