"""The catalogue's tables of the words that the lexical index holds."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base


class SoundTerms(Base):
    """The terms of a sound that stand in the lexical index, so that they can be counted out."""

    __tablename__ = "sound_terms"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    terms: Mapped[bytes] = mapped_column(LargeBinary)  # uint32, little-endian, ascending


class Term(Base):
    """A term of the lexical index: what a typed word may be completed or mended to."""

    __tablename__ = "terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[int] = mapped_column(unique=True)  # uint32, the stem's hash
    stem: Mapped[str]
    sounds: Mapped[int]  # that have it
