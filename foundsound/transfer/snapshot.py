"""The catalogue as of one moment, written down as quickly as it can be read.

One transaction sees one snapshot, on SQLite (WAL) as on PostgreSQL (REPEATABLE READ). It is not
held while vectors are read or a slow network takes them: rows go to files first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Sound, SoundState, Space
from foundsound.catalog.spaces import all_spaces
from foundsound.transfer.tables import exported_tables, line_of, rows_at_once


@dataclass(frozen=True)
class Snapshot:
    """Tables as files of lines in ``folder``, one a table, called after it."""

    folder: Path
    rows: dict[str, int]
    spaces: list[Space]
    sounds: int  # that are indexed
    files: int  # at hand

    def file(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{table}.jsonl"


def take_snapshot(catalog: Catalog, folder: Path) -> Snapshot:
    """Write the catalogue's tables into ``folder``.

    Raises:
        Unavailable: the database is away.
    """
    rows = {}
    with catalog.read() as session:
        for table in exported_tables():
            with (folder / f"{table.name}.jsonl").open("wb") as file:
                rows[table.name] = 0
                for line in _lines(session, table):
                    file.write(line)
                    rows[table.name] += 1
        spaces = all_spaces(session)
        session.expunge_all()
        return Snapshot(
            folder,
            rows,
            spaces,
            _count(session, Sound.state == SoundState.INDEXED),
            _count(session, Location.missing_since.is_(None)),
        )


def _lines(session: Session, table: Table) -> Iterator[bytes]:
    key = list(table.primary_key.columns)
    query = select(table).order_by(*key).execution_options(yield_per=rows_at_once(table))
    for row in session.execute(query):
        yield line_of(table, row)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0
