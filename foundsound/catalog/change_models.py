"""The catalogue's tables of the feed of changes."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime

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
