"""Which store holds the catalogue's vectors: by a mark that both of them carry."""

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundsound.catalog.models import Base, SoundWindows


class StoredVectorsMark(Base):
    """The mark: in one row, or none before a store was found."""

    __tablename__ = "vectors_mark"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)


def vectors_mark(session: Session) -> str | None:
    """The mark of the store that the vectors lie in."""
    return session.scalar(select(StoredVectorsMark.mark))


def set_vectors_mark(session: Session, mark: str | None) -> None:
    """The vectors lie in the store with this mark; None: in whichever is opened next."""
    session.execute(delete(StoredVectorsMark))
    if mark is not None:
        session.add(StoredVectorsMark(mark=mark))


def has_vectors(session: Session) -> bool:
    """True when any sound was embedded."""
    return session.scalar(select(SoundWindows.sound_id).limit(1)) is not None
