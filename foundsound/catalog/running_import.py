"""The import that is under way, or was cut off: while its row stands there is no library yet."""

from dataclasses import dataclass

from sqlalchemy import JSON, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundsound.catalog.models import Base


class StoredImport(Base):
    """The import: in one row, or none."""

    __tablename__ = "running_import"

    seal: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the export's manifest
    spaces: Mapped[list[str]] = mapped_column(JSON)  # keys of those that it fills
    parts: Mapped[int]  # of vectors, from the first on, that are written
    has_rows: Mapped[bool]  # the catalogue is there: only words are lacking


@dataclass(frozen=True)
class RunningImport:
    """How far an import has come."""

    seal: str
    spaces: list[str]
    parts: int = 0
    has_rows: bool = False


def running_import(session: Session) -> RunningImport | None:
    """The import that did not come to its end."""
    stored = session.scalar(select(StoredImport))
    if stored is None:
        return None
    return RunningImport(stored.seal, stored.spaces, stored.parts, stored.has_rows)


def begin_import(session: Session, begun: RunningImport) -> None:
    """Write down an import that begins, in the place of any other one."""
    session.execute(delete(StoredImport))
    session.add(
        StoredImport(
            seal=begun.seal, spaces=begun.spaces, parts=begun.parts, has_rows=begun.has_rows
        )
    )


def advance_import(session: Session, parts: int) -> None:
    """So many parts of its vectors are written."""
    session.execute(update(StoredImport).values(parts=parts))


def rows_are_imported(session: Session) -> None:
    """From this transaction on there is a library."""
    session.execute(update(StoredImport).values(has_rows=True))


def end_import(session: Session) -> None:
    """Nothing is under way any more."""
    session.execute(delete(StoredImport))
