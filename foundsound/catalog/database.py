"""Opens the catalogue: engine, schema upgrade, read and write transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from foundsound.catalog.work_signal import InProcessSignal, WorkSignal
from foundsound.errors import LibraryError

HEAD = "0008"  # newest migration; a test holds it equal to the scripts
FILE_NAME = "catalog.sqlite"


class Catalog:
    """The catalogue in ``data_dir``, created or upgraded when needed. Safe from many threads.

    Raises:
        LibraryError: the file is no catalogue of ours, or a newer foundsound made it.
    """

    def __init__(self, data_dir: Path) -> None:
        path = data_dir / FILE_NAME
        self.signal: WorkSignal = InProcessSignal()
        self._engine = create_engine(f"sqlite:///{path}")
        # A read that turns into a write can meet a newer snapshot and fail at once; so a
        # transaction that will write takes SQLite's write lock at its start, and waits for it.
        self._writing = self._engine.execution_options(immediate=True)
        event.listen(self._engine, "connect", _configure_sqlite)
        event.listen(self._engine, "begin", _begin_sqlite)
        try:
            # The first look makes the file and sets its mode, for which SQLite does not wait.
            with FileLock(data_dir / "catalog.lock"):
                if _revision(self._engine) != HEAD:
                    _upgrade(path)
        except DatabaseError as error:
            raise LibraryError(
                f"The catalogue {path} cannot be opened ({error.orig}). "
                "Restore it from a copy, or move it away to begin a new library."
            ) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; nothing is written."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed as a whole at the end, or not at all."""
        with Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Release every connection."""
        self._engine.dispose()


def _configure_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    # WAL: readers never wait for the writer. NORMAL is durable against a crash of the process;
    # after a power cut the last rows may be missing, and the next scan writes them again.
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _configure_migration(connection: Any, record: object) -> None:
    _configure_sqlite(connection, record)
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(path: Path) -> None:
    # alembic takes 0.3 s to import, and an upgrade is rare.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    # SQLite changes a table by making it anew: with foreign keys on, dropping the old one would
    # delete every row that refers to it.
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _configure_migration)
    event.listen(engine, "begin", _begin_sqlite)
    revision = _revision(engine)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise LibraryError(
            f"A newer foundsound wrote this library (schema {revision}); upgrade foundsound."
        )
    with engine.execution_options(immediate=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise LibraryError(
                "The catalogue cannot be upgraded: rows refer to rows that are gone."
            )
    engine.dispose()
