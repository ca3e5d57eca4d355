"""The catalogue's tables of hearing: label sets, enrolled sounds, suggestions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime, utc_now


class StoredLabelSet(Base):
    """Labels to choose between, under a name."""

    __tablename__ = "label_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(800), unique=True)  # of its name, as a tag's
    name: Mapped[str] = mapped_column(String(200))
    labels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # see hearing/labels.py
    templates: Mapped[list[str]] = mapped_column(JSON)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class LabelSetVectors(Base):
    """The text vectors of a set's phrases in one space; gone whenever the set changes."""

    __tablename__ = "label_set_vectors"

    set_id: Mapped[int] = mapped_column(
        ForeignKey("label_sets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    space_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vectors: Mapped[bytes]  # float16 [phrases, dim], little end


class EnrolledSound(Base):
    """A sound that a person named by examples."""

    __tablename__ = "enrolled_sounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(800), unique=True)  # of its name, as a tag's
    name: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class EnrolledExample(Base):
    """One example: a sound of the library, by its content, or audio that is kept here."""

    __tablename__ = "enrolled_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolled_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_sounds.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str]  # for people
    sound_id: Mapped[str | None] = mapped_column(String(32))
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
    audio: Mapped[bytes | None]  # of what came as a file: FLAC, mono, 48 kHz


class ExampleVector(Base):
    """An example's vector in one space."""

    __tablename__ = "enrolled_example_vectors"

    example_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_examples.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    space_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vector: Mapped[bytes]  # float16 [dim], little end


class EnrolledPrototype(Base):
    """By what an enrolled sound is known in one space, and how well."""

    __tablename__ = "enrolled_prototypes"

    enrolled_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_sounds.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    space_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vector: Mapped[bytes]  # float16 [dim], little end
    examples: Mapped[int]  # that it was made of
    threshold: Mapped[float]  # cosine
    background_mean: Mapped[float]
    background_deviation: Mapped[float]
    false_accept: Mapped[float | None]  # none: unknown
    false_reject: Mapped[float | None]


class Suggestion(Base):
    """A category or a tag that a sound may deserve."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_value", "kind", "value"),)

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # "ucs" or "tag"
    value: Mapped[str] = mapped_column(String(100), primary_key=True)  # a CatID, or the tag
    strength: Mapped[float]  # background deviations


class SuggestedSound(Base):
    """Says for which space and vocabulary a sound's suggestions were made."""

    __tablename__ = "suggested_sounds"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # of the vocabulary and of how it is chosen from


class SuggestionDecision(Base):
    """What a person said of a suggestion; by content, as all user data."""

    __tablename__ = "suggestion_decisions"

    sound_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(100), primary_key=True)
    accepted: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
