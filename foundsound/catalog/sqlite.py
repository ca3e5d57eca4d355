"""The catalogue in one SQLite file: the default, for one machine."""

import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError

from foundsound.catalog import change_triggers
from foundsound.catalog.schema import HEAD, revision_of, upgrade
from foundsound.catalog.work_signal import InProcessSignal, WorkSignal
from foundsound.errors import FoundsoundError, LibraryError, Unavailable

FILE_NAME = "catalog.sqlite"
# Bytes that queries see without reading them: SQLite's own cache holds 2 MB, and at 100,000 sounds
# of 146 MB the rows of 50 took 1.1 ms, mapped 0.7.
MAPPED = 2**30
# Somebody writes for longer than we wait, or the disk is full: both pass.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


class Sqlite:
    """See :class:`~foundsound.catalog.dialect.Dialect`."""

    version_is_cheap = True

    def __init__(self, data_dir: Path) -> None:
        # Nothing else here may open the file, not even to read: closing it drops SQLite's locks.
        self._path = data_dir / FILE_NAME
        self.name = str(self._path)
        self._lock = data_dir / "catalog.lock"
        url = f"sqlite:///{self._path}"
        self.reading: Engine = create_engine(url)
        # A read that turns into a write can meet a newer snapshot and fail at once; so a
        # transaction that will write takes SQLite's write lock at its start, and waits for it.
        self.writing: Engine = self.reading.execution_options(immediate=True)
        self.single: Engine = create_engine(url, execution_options={"single": True})
        self.signal: WorkSignal = InProcessSignal()
        self.news: WorkSignal = InProcessSignal()
        self._observer: sqlite3.Connection | None = None  # writes nothing: it sees all others do
        self._observing = threading.Lock()
        event.listen(self.reading, "connect", _configure)
        event.listen(self.single, "connect", _configure_single)
        for engine in (self.reading, self.single):
            event.listen(engine, "begin", _begin)

    def prepare(self) -> None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        try:
            # The first look makes the file and sets its mode, for which SQLite does not wait.
            with FileLock(self._lock):
                with self.reading.connect() as connection:
                    revision = revision_of(connection)
                if revision != HEAD:
                    _upgrade(self._path)
        except DatabaseError as error:
            raise LibraryError(
                f"The catalogue {self._path} cannot be opened ({error.orig}). "
                "Restore it from a copy, or move it away to begin a new library."
            ) from error

    def exists(self) -> bool:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        return self._path.is_file()

    def lock_writers(self, connection: Connection) -> None:
        """Nothing to do: SQLite has one writer at a time."""

    def unhurried(self, connection: Connection) -> AbstractContextManager[object]:
        """Nothing to do: no statement is ended."""
        return nullcontext()

    def writing_words(self) -> AbstractContextManager[object]:
        """Nothing to do: one process has the library open."""
        return nullcontext()

    def take_vectors(self, *, alone: bool) -> bool:
        """Nothing to do: who owns the file's folder has been decided, see ``ownership.py``."""
        return True

    def version(self) -> object:
        """See :class:`~foundsound.catalog.dialect.Dialect`; some microseconds."""
        try:
            with self._observing:
                if self._observer is None:
                    self._observer = sqlite3.connect(self._path, check_same_thread=False)
                return self._observer.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise Unavailable(f"The catalogue {self._path} cannot be read now: {error}.") from error

    def explained(self, error: SQLAlchemyError) -> FoundsoundError | None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        cause = error.orig if isinstance(error, DBAPIError) else None
        # The low byte is the error; the rest says more of it.
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSING:
            return Unavailable(f"The catalogue {self._path} cannot be written now: {cause}.")
        return None

    def close(self) -> None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        with self._observing:
            if self._observer is not None:
                self._observer.close()
                self._observer = None
        self.reading.dispose()
        self.single.dispose()


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    # WAL: readers never wait for the writer. NORMAL is durable against a crash of the process;
    # after a power cut the last rows may be missing, and the next scan writes them again.
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _configure_single(connection: Any, record: object) -> None:
    _configure(connection, record)
    connection.execute(f"PRAGMA mmap_size={MAPPED}")


def _configure_migration(connection: Any, record: object) -> None:
    _configure(connection, record)
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("single", False):  # one statement alone sees one snapshot anyway
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")


def _upgrade(path: Path) -> None:
    engine = _migrating(path)
    try:
        with engine.begin() as connection:
            upgrade(connection)
            change_triggers.install(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise LibraryError(
                    "The catalogue cannot be upgraded: rows refer to rows that are gone."
                )
    finally:
        engine.dispose()


def _migrating(path: Path) -> Engine:
    # SQLite changes a table by making it anew: with foreign keys on, dropping the old one would
    # delete every row that refers to it.
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _configure_migration)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(immediate=True)
