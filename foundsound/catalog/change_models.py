"""The catalogue's tables of the feed of changes."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime, utc_now

UNNUMBERED = "number IS NULL"


class Change(Base):
    """Something that happened to a sound, written by triggers: see ``change_triggers.py``.

    ``number`` is its place in the feed, given once it is committed: see ``changes.py``.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index(
            "ix_changes_unnumbered",
            "id",
            sqlite_where=text(UNNUMBERED),
            postgresql_where=text(UNNUMBERED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    sound_id: Mapped[str] = mapped_column(String(32))
    # Where a file lay that is not there any more: its root's path, and its own below it.
    was_root: Mapped[bytes | None] = mapped_column(LargeBinary)
    was_path: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeFeed(Base):
    """The feed itself: one row."""

    __tablename__ = "change_feed"

    uid: Mapped[str] = mapped_column(String(8), primary_key=True)  # random: tells feeds apart
    last: Mapped[int]  # the highest number given
    forgotten: Mapped[int]  # the highest number that was deleted


class ChangeWebhook(Base):
    """Who is told of changes, and how far it has been told."""

    __tablename__ = "change_webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    told: Mapped[int]  # number of the last change that it has
    # Number of the last change of the message under way: it is the same at each attempt.
    telling: Mapped[int | None]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: as soon as there is any
    lease_owner: Mapped[str | None] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(default=0)  # of the message under way
    error: Mapped[str | None]  # of the last attempt
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
