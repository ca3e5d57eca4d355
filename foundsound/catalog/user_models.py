"""The catalogue's tables of what people say of sounds: marks, tags, collections."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime, utc_now


class SoundMark(Base):
    """What a person says of a sound in one row: favourite, note. See ``Tag`` for the rest.

    User data names sounds by their content and refers to no row of theirs: when a sound is purged
    and its content comes back, all of this is there again.
    """

    __tablename__ = "sound_marks"

    sound_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    favourite: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None]


class Tag(Base):
    """A word by which a person files sounds."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(400), unique=True)  # case folded: what makes it one tag
    name: Mapped[str] = mapped_column(String(100))  # as it was first written


class SoundTag(Base):
    """A tag on a sound."""

    __tablename__ = "sound_tags"

    sound_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Collection(Base):
    """A named, ordered choice of sounds."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(800), unique=True)  # of its name, as a tag's
    name: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class CollectionItem(Base):
    """A sound in a collection."""

    __tablename__ = "collection_items"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    sound_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    position: Mapped[int]  # in the order that the person gave; gaps do not matter
