"""The catalogue's tables of standing queries: alerts, what they found, and what is to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime, utc_now

OPEN_DELIVERY = "due_at IS NOT NULL"


class Alert(Base):
    """A query that is asked of every sound as soon as it is indexed."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32))  # random: an id may be given out again
    key: Mapped[str] = mapped_column(String(800), unique=True)  # of its name, as a tag's
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)  # see foundsound/alerts/shapes.py
    threshold: Mapped[float | None]  # background deviations; none: filters alone
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[str | None] = mapped_column(String(100))
    file: Mapped[str | None]  # absolute path of a JSON lines file
    paused: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None]  # why it cannot be asked now: a sentence
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class AlertClip(Base):
    """A sound file that an alert's query compares with; kept, for another model hears it anew."""

    __tablename__ = "alert_clips"

    alert_id: Mapped[int] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class AlertBacklog(Base):
    """A sound that was indexed and that the alerts have not been asked about yet.

    Written by the transaction that makes the sound indexed, deleted by the one that writes down
    what the alerts said: a crash in between loses nothing.
    """

    __tablename__ = "alert_backlog"

    sound_id: Mapped[str] = mapped_column(String(32), primary_key=True)


class AlertHit(Base):
    """A sound that an alert found: each once, for ever, even if the sound goes and comes back."""

    __tablename__ = "alert_hits"
    __table_args__ = (UniqueConstraint("alert_id", "sound_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    sound_id: Mapped[str] = mapped_column(String(32))
    path: Mapped[str]  # where it lay then, for people
    duration_s: Mapped[float]
    start_s: Mapped[float]
    end_s: Mapped[float]
    score: Mapped[float | None]  # cosine; none: filters alone
    strength: Mapped[float | None]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertDelivery(Base):
    """A hit on its way to a destination: due, leased while ``lease_owner`` is set, or settled."""

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        Index(
            "ix_alert_deliveries_due",
            "due_at",
            "id",
            sqlite_where=text(OPEN_DELIVERY),
            postgresql_where=text(OPEN_DELIVERY),
        ),
        UniqueConstraint("hit_id", "destination"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hit_id: Mapped[int] = mapped_column(ForeignKey("alert_hits.id", ondelete="CASCADE"))
    destination: Mapped[str] = mapped_column(String(16))  # "webhook" or "file"
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: settled
    lease_owner: Mapped[str | None] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(default=0)  # begun
    error: Mapped[str | None]  # of the last attempt
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
