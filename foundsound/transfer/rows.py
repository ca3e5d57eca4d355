"""The rows of an export, written into an empty catalogue in the transaction of the caller."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from foundsound.catalog.backlog import realign_queue
from foundsound.catalog.changes import start_anew
from foundsound.catalog.models import Root
from foundsound.catalog.queue import database_now, release_all
from foundsound.catalog.spaces import settle_sounds
from foundsound.errors import LibraryError
from foundsound.path_map import PathMap
from foundsound.transfer.archive import Source
from foundsound.transfer.export import Progress
from foundsound.transfer.manifest import Manifest
from foundsound.transfer.tables import exported_tables, rows_at_once, rows_of

# Of the machine that had the library: who was at work, and what its file system said.
_LEFT_BEHIND = {
    "sounds": ("embedded_from", "words_written"),
    "alert_deliveries": ("lease_owner",),
    "change_webhooks": ("telling", "due_at", "lease_owner", "attempts", "error"),
    "roots": ("watched_by", "note"),
}
_OF_MOVED_FILES = ("device", "inode")  # by chance those of another file over there
Row = dict[str, Any]


def insert_tables(
    session: Session, source: Source, manifest: Manifest, moved: PathMap, progress: Progress
) -> None:
    """Write every table, and have queue and sounds agree with the vectors that came along.

    Args:
        moved: where the folders lie now.

    Raises:
        LibraryError: rows do not fit each other.
    """
    counts = {part.name: part.rows for part in manifest.parts}
    written = _Written(progress, sum(counts[name] for name in counts if name.endswith(".jsonl")))
    moved_roots: set[int] = set()
    for table in exported_tables():
        name = f"catalogue/{table.name}.jsonl"
        if name in counts:
            with source.open(name) as lines:
                rows = _adapted(table.name, rows_of(table, lines), moved, moved_roots)
                _insert(session, table, rows, written)
            _go_on_counting(session, table)
    settle_sounds(session)
    start_anew(session)
    now = database_now(session)
    release_all(session, now)
    realign_queue(session, now)


@dataclass
class _Written:
    """Rows that were written, told as they grow."""

    progress: Progress
    total: int
    count: int = 0

    def add(self, count: int) -> None:
        """So many more."""
        self.count += count
        self.progress("Writing the catalogue", self.count, self.total)


def _adapted(table: str, rows: Iterable[Row], moved: PathMap, roots: set[int]) -> Iterator[Row]:
    for row in rows:
        for column in _LEFT_BEHIND.get(table, ()):
            row.pop(column, None)
        if table == "roots":
            path = moved.local(row["path"])
            if path != row["path"]:
                roots.add(row["id"])
                row.pop("mount", None)
                row["path"] = path
        elif table == "locations" and row["root_id"] in roots:
            for column in _OF_MOVED_FILES:
                row.pop(column, None)
        elif table == "root_mounts" and row["root_id"] in roots:
            continue
        yield row


def _insert(session: Session, table: Table, rows: Iterable[Row], written: _Written) -> None:
    """In batches of rows that have the same columns; what is absent takes its default."""
    connection = session.connection()
    try:
        for _, alike in groupby(rows, key=_columns):
            batch: list[Row] = []
            for row in alike:
                batch.append(row)
                if len(batch) == rows_at_once(table):
                    connection.execute(insert(table), batch)
                    written.add(len(batch))
                    batch = []
            if batch:
                connection.execute(insert(table), batch)
                written.add(len(batch))
    except (IntegrityError, DataError, StatementError, ValueError, KeyError, TypeError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise LibraryError(f"The export's {table.name} cannot be imported: {reason}.") from error


def _columns(row: Row) -> tuple[str, ...]:
    return tuple(row)


def _go_on_counting(session: Session, table: Table) -> None:
    """Have PostgreSQL give out ids beyond those that were written; SQLite looks by itself."""
    column = table.autoincrement_column
    if session.get_bind().dialect.name != "postgresql" or column is None:
        return
    connection = session.connection()
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"),
        {"table": table.name, "column": column.name},
    )
    if sequence is not None:
        highest = f"SELECT max({column.name}) FROM {table.name}"
        connection.exec_driver_sql(
            f"SELECT setval('{sequence}', coalesce(({highest}), 1), ({highest}) IS NOT NULL)"
        )


def root_paths(source: Source) -> list[bytes]:
    """The export's folders as they were.

    Raises:
        LibraryError: they are not in it.
    """
    with source.open("catalogue/roots.jsonl") as lines:
        return [row["path"] for row in rows_of(Root.metadata.tables["roots"], lines)]
