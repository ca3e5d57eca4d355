"""Alerts of a library, and what became of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from foundsound.alerts.report import feed
from foundsound.alerts.shapes import AlertQuery, FeedItem, MadeAlert, NewAlert
from foundsound.alerts.store import create_alert
from foundsound.catalog.alert_models import AlertBacklog, AlertDelivery
from foundsound.catalog.models import utc_now
from foundsound.library import Library

ANYTHING = -1000.0  # a threshold that every sound reaches


def make(library: Library, text: str | None = "a sound", **fields: Any) -> MadeAlert:
    query = fields.pop("query", None) or AlertQuery(text=text)
    clips = fields.pop("clips", [])
    named = {"name": "Any", "query": query, "threshold": ANYTHING}
    wanted = NewAlert.model_validate(named | fields)
    return create_alert(library, wanted, clips)


def found(library: Library, alert: MadeAlert | None = None) -> list[str]:
    return sorted(item.path.rpartition("/")[2] for item in items(library, alert))


def items(library: Library, alert: MadeAlert | None = None) -> list[FeedItem]:
    with library.catalog.read() as session:
        return feed(session, 1000, alert_id=alert.id if alert else None)


def waiting(library: Library) -> int:
    with library.catalog.read() as session:
        return session.scalar(select(func.count()).select_from(AlertBacklog)) or 0


def make_due(library: Library) -> None:
    """The time until the next attempt passes."""
    with library.catalog.write() as session:
        session.execute(
            update(AlertDelivery)
            .where(AlertDelivery.due_at.is_not(None))
            .values(due_at=utc_now() - timedelta(seconds=1))
        )
