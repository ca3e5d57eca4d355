"""Which store holds the catalogue's vectors: by a mark that both of them carry."""

from dataclasses import dataclass

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundsound.catalog.models import Base, SoundWindows


class StoredVectorsMark(Base):
    """The mark: in one row, or none before a store was opened."""

    __tablename__ = "vectors_mark"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    placed: Mapped[bool]  # the store carries it; until then any store may be given it


@dataclass(frozen=True)
class VectorsMark:
    """The mark, and whether it is known that the store carries it."""

    mark: str
    placed: bool


def vectors_mark(session: Session) -> VectorsMark | None:
    """The mark of the store that the vectors lie in."""
    stored = session.scalar(select(StoredVectorsMark))
    return None if stored is None else VectorsMark(stored.mark, stored.placed)


def set_vectors_mark(session: Session, mark: str, *, placed: bool) -> None:
    """Write down the mark, of which there is one."""
    stored = session.scalar(select(StoredVectorsMark))
    if stored is None:
        session.add(StoredVectorsMark(mark=mark, placed=placed))
    else:
        stored.mark, stored.placed = mark, placed
    session.flush()


def say_vectors_are_lost(session: Session) -> None:
    """Whichever store is opened next, and carries no other mark, is the catalogue's."""
    session.execute(update(StoredVectorsMark).values(placed=False))


def has_vectors(session: Session) -> bool:
    """True when any sound was embedded."""
    return session.scalar(select(SoundWindows.sound_id).limit(1)) is not None
