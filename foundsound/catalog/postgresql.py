"""The catalogue in a PostgreSQL database: any number of processes on any number of machines.

Text is compared by its bytes there, as SQLite does it, whatever the database's own collation says:
the same search gives the same order on both. Paths may be longer than a btree's entry (2.7 kB), so
they are unique by their SHA-256; see migration 0001.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from foundsound.catalog import change_triggers
from foundsound.catalog.limits import DatabaseLimits
from foundsound.catalog.schema import HEAD, revision_of, upgrade
from foundsound.catalog.work_signal import NEWS, WORK, WorkSignal
from foundsound.errors import FoundsoundError, InvalidRequest, LibraryError, Unavailable

DRIVER = "postgresql+psycopg"
CONNECT_S = 5
GRACE_S = 5.0  # for the server to end a statement by itself; then it has frozen
# Advisory locks: "foun" and on.
MIGRATING, WRITING, VECTORS, WORDS = 0x666F756E, 0x666F756F, 0x666F7570, 0x666F7571
OLDEST = 150000  # server version
# Of SQLSTATE: connection lost, resources short, shut down or starting, rolled back for another.
_PASSING_CLASSES = ("08", "53", "57", "40", "55P03", "25P03")  # and of lock, of idle too long
TIMEOUTS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
# A refused login has no SQLSTATE on the client's side.
_FOR_GOOD = ("authentication failed", "no pg_hba.conf entry", "does not exist", "no password")


class Postgresql:
    """See :class:`~foundsound.catalog.dialect.Dialect`."""

    version_is_cheap = False

    def __init__(self, url: str, limits: DatabaseLimits) -> None:
        parsed = _parsed(url)
        self.name = parsed.render_as_string(hide_password=True)
        try:
            from foundsound.catalog.postgres_connection import be_patient, replace_dead
            from foundsound.catalog.postgres_signal import PostgresSignal

            engine = create_engine(
                parsed,
                pool_size=limits.pool,
                max_overflow=limits.overflow,
                pool_recycle=limits.recycle_s,
                connect_args={
                    "connect_timeout": CONNECT_S,
                    "application_name": "foundsound",
                    "client_encoding": "utf8",
                    # A cut cable is noticed, not waited for.
                    "tcp_user_timeout": int(limits.statement_s * 1000),
                    "keepalives_idle": CONNECT_S,
                    "options": _options(limits),
                },
            )
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise LibraryError(
                "PostgreSQL needs the psycopg package: pip install 'foundsound[postgres]'"
            ) from error
        be_patient(engine, limits.statement_s + GRACE_S)
        replace_dead(engine)
        self.writing: Engine = engine
        self.reading: Engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # A statement alone sees one snapshot anyway; BEGIN and ROLLBACK are two round trips more.
        self.single: Engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._holding: Connection | None = None
        self._signals = [PostgresSignal(engine, channel) for channel in (WORK, NEWS)]
        self.signal: WorkSignal = self._signals[0]
        self.news: WorkSignal = self._signals[1]

    def prepare(self) -> None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        with self.writing.begin() as connection:
            if revision_of(connection) == HEAD:
                return
            _check(connection)
            with self.unhurried(connection):
                _lock(connection, MIGRATING)
                if revision_of(connection) != HEAD:  # another process was faster
                    upgrade(connection)
                    _compare_bytes(connection)
                    change_triggers.install(connection)  # last: they hold on to columns' types

    def exists(self) -> bool:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        with self.reading.connect() as connection:
            return revision_of(connection) is not None

    def lock_writers(self, connection: Connection) -> None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        _lock(connection, WRITING)

    @contextmanager
    def unhurried(self, connection: Connection) -> Iterator[None]:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        for timeout in TIMEOUTS:
            connection.execute(text(f"SET LOCAL {timeout} = 0"))
        driver: Any = connection.connection.driver_connection
        patience_s, driver.patience_s = driver.patience_s, None
        try:
            yield
        finally:
            driver.patience_s = patience_s

    @contextmanager
    def writing_words(self) -> Iterator[object]:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        with self.writing.begin() as connection:
            _lock(connection, WORDS)
            yield connection

    def take_vectors(self, *, alone: bool) -> bool:
        """See :class:`~foundsound.catalog.dialect.Dialect`.

        A lock that the server drops when this process ends, however it does. It is also lost when
        the server is restarted, and not taken again: it is there to tell of wrong settings.
        """
        if self._holding is None:
            self._holding = self.writing.execution_options(isolation_level="AUTOCOMMIT").connect()
        function = "pg_try_advisory_lock" if alone else "pg_try_advisory_lock_shared"
        taken = self._holding.execute(text(f"SELECT {function}(:key)"), {"key": VECTORS})
        return bool(taken.scalar_one())

    def version(self) -> object:
        """See :class:`~foundsound.catalog.dialect.Dialect`: which transactions can be seen."""
        with self.single.connect() as connection:
            return connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()

    def explained(self, error: SQLAlchemyError) -> FoundsoundError | None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        if isinstance(error, PoolTimeout):
            return Unavailable("The catalogue's database is too busy; try again.")
        if not isinstance(error, DBAPIError):
            return None
        state: str | None = getattr(error.orig, "sqlstate", None)
        reason = _first_line(error.orig)
        if state is None and any(sign in reason for sign in _FOR_GOOD):
            return LibraryError(f"The database {self.name} refuses: {reason}.")
        if isinstance(error, DataError):
            return InvalidRequest(f"The database cannot hold what was sent: {reason}.")
        lost = error.connection_invalidated or (
            state is None and isinstance(error, OperationalError)
        )
        if lost or (state or "").startswith(_PASSING_CLASSES):
            return Unavailable(f"The database {self.name} cannot be used now: {reason}.")
        return None

    def close(self) -> None:
        """See :class:`~foundsound.catalog.dialect.Dialect`."""
        for signal in self._signals:
            signal.close()
        if self._holding is not None:
            self._holding.invalidate()  # a connection in the pool would keep the lock
            self._holding.close()
        self.writing.dispose()


def _options(limits: DatabaseLimits) -> str:
    """Of a session, as libpq takes them."""
    waits_s = zip(TIMEOUTS, (limits.statement_s, limits.lock_s, limits.idle_s), strict=True)
    told = [f"-c {name}={max(1, round(wait_s * 1000))}" for name, wait_s in waits_s]
    return " ".join([*told, "-c timezone=UTC"])


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise LibraryError(
            "FOUNDSOUND_DATABASE_URL must look like postgresql://user:password@host/database."
        )
    return parsed.set(drivername=DRIVER)


def _check(connection: Connection) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if version < OLDEST:
        raise LibraryError(
            f"PostgreSQL {OLDEST // 10_000} or newer is needed; this server is {version // 10_000}."
        )
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise LibraryError(f"The database is encoded in {encoding}; make one with ENCODING 'UTF8'.")


def _lock(connection: Connection, key: int) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _compare_bytes(connection: Connection) -> None:
    """Give every text column the collation C: migrations need not say it of each."""
    columns = connection.execute(
        text(
            "SELECT table_name, column_name, data_type, character_maximum_length AS length"
            " FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND data_type IN ('character varying', 'text')"
            " AND collation_name IS DISTINCT FROM 'C'"
        )
    ).all()
    quote = connection.dialect.identifier_preparer.quote
    for table, column, type_, length in columns:
        kind = f"{type_}({length})" if length else type_
        connection.exec_driver_sql(
            f'ALTER TABLE {quote(table)} ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "C"'
        )


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
