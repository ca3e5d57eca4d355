"""Sounds that somebody chose, remembered until they are fetched as a file.

Here, so that another process of the API hands them out as well, also after a restart.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundsound.catalog.models import Base
from foundsound.errors import NotFound

MOST = 200  # the oldest are forgotten first


class StoredSelection(Base):
    """Chosen sounds, in their order."""

    __tablename__ = "selections"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    sound_ids: Mapped[list[str]] = mapped_column(JSON)


def add_selection(session: Session, sound_ids: Sequence[str]) -> str:
    """Remember these; returns their name, which nobody can guess."""
    added = StoredSelection(name=secrets.token_hex(16), sound_ids=list(sound_ids))
    session.add(added)
    session.flush()
    session.execute(delete(StoredSelection).where(StoredSelection.id <= added.id - MOST))
    return added.name


def selection_named(session: Session, name: str) -> list[str]:
    """What was chosen.

    Raises:
        NotFound: it was forgotten, or never was.
    """
    ids = session.scalar(select(StoredSelection.sound_ids).where(StoredSelection.name == name))
    if ids is None:
        raise NotFound("This selection is not known any more; choose the sounds again.")
    return ids
