"""Opens the catalogue, on SQLite or PostgreSQL: schema upgrade, read and write transactions."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from foundsound.catalog.dialect import Dialect
from foundsound.catalog.limits import DatabaseLimits, limits_of
from foundsound.catalog.schema import HEAD, revision_of
from foundsound.catalog.sqlite import FILE_NAME, Sqlite
from foundsound.catalog.work_signal import WorkSignal
from foundsound.settings import Settings
from foundsound.tracing import span

__all__ = ["FILE_NAME", "HEAD", "Catalog"]

_known_version: ContextVar[list[object] | None] = ContextVar("known_version", default=None)


class Catalog:
    """The catalogue, created or upgraded when needed. Safe from many threads.

    Args:
        data_dir: where the SQLite file lies.
        url: of a PostgreSQL database, which takes the file's place.
        limits: of the connections to it.

    Raises:
        LibraryError: it is no catalogue of ours, or a newer foundsound made it.
        Unavailable: the database cannot be reached.
    """

    def __init__(
        self, data_dir: Path, url: str | None = None, limits: DatabaseLimits | None = None
    ) -> None:
        self._dialect = _dialect(data_dir, url, limits)
        with ExitStack() as opened, _explaining(self._dialect):
            opened.callback(self.close)
            self._dialect.prepare()
            opened.pop_all()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The catalogue of the library that the settings name."""
        return cls(settings.data_dir, settings.database_url, limits_of(settings))

    @property
    def signal(self) -> WorkSignal:
        """Wakes whoever waits for work, in every process that it can reach."""
        return self._dialect.signal

    @property
    def news(self) -> WorkSignal:
        """Wakes whoever asks alerts about new sounds, or delivers what they found or changed."""
        return self._dialect.news

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; nothing is written.

        Raises:
            Unavailable: the database is away.
        """
        with (
            span("catalogue"),
            _explaining(self._dialect),
            Session(self._dialect.reading) as session,
        ):
            yield session

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        """For one statement on the path of a query, see ``prepared.py``; nothing is written.

        Raises:
            Unavailable: the database is away.
        """
        with (
            span("catalogue"),
            _explaining(self._dialect),
            self._dialect.single.connect() as connection,
        ):
            yield connection

    @contextmanager
    def write(self, *, alone: bool = False, unhurried: bool = False) -> Iterator[Session]:
        """One transaction: committed as a whole at the end, or not at all.

        Args:
            alone: wait for others that write alone, and make them wait: for rows that are looked
                for before they are added. SQLite's writers are always alone.
            unhurried: statements are not ended when they take long: of a whole library.

        Raises:
            Unavailable: the database is away, or went away: the transaction may have to be done
                again.
        """
        with (
            span("catalogue"),
            _explaining(self._dialect),
            Session(self._dialect.writing) as session,
            session.begin(),
        ):
            if alone:
                self._dialect.lock_writers(session.connection())
            with self._dialect.unhurried(session.connection()) if unhurried else nullcontext():
                yield session

    @contextmanager
    def writing_words(self) -> Iterator[None]:
        """Held by one process at a time: an older text might be written after a newer one.

        Raises:
            Unavailable: the database is away, or another process takes too long.
        """
        with _explaining(self._dialect), self._dialect.writing_words():
            yield

    def take_vectors(self, *, alone: bool) -> bool:
        """Say, until ``close``, whose vectors belong to the catalogue, see ``dialect.py``."""
        with _explaining(self._dialect):
            return self._dialect.take_vectors(alone=alone)

    @property
    def version_is_cheap(self) -> bool:
        """True when :meth:`version` costs less than a statement."""
        return self._dialect.version_is_cheap

    def version(self) -> object:
        """Another value whenever anything was committed since: how long what was read holds.

        Raises:
            Unavailable: the database is away.
        """
        known = _known_version.get()
        if known:
            return known[0]
        with _explaining(self._dialect):
            version = self._dialect.version()
        if known is not None:
            known.append(version)
        return version

    @contextmanager
    def version_once(self) -> Iterator[None]:
        """Ask for the version once in each thread while the body runs, which reads one catalogue.

        What is read afterwards is at least as new, so it may be remembered as of that version.
        """
        outer = _known_version.set([])
        try:
            yield
        finally:
            _known_version.reset(outer)

    def check(self) -> None:
        """See whether the database answers.

        Raises:
            Unavailable: it is away.
        """
        with self.read() as session:
            session.execute(select(1))

    def close(self) -> None:
        """Release every connection."""
        self._dialect.close()


def catalog_name(data_dir: Path, url: str | None = None) -> str:
    """Where the catalogue lies, for people: no password is in it."""
    return _dialect(data_dir, url).name


def catalog_exists(data_dir: Path, url: str | None = None) -> bool:
    """True when there is a catalogue; none is made.

    Raises:
        LibraryError, Unavailable: the database cannot be asked.
    """
    dialect = _dialect(data_dir, url)
    try:
        with _explaining(dialect):
            return dialect.exists()
    finally:
        dialect.close()


def catalog_revision(data_dir: Path, url: str | None = None) -> str | None:
    """The newest migration that the catalogue has seen, None when there is none; nothing is made.

    Raises:
        LibraryError, Unavailable: the database cannot be asked.
    """
    dialect = _dialect(data_dir, url)
    try:
        with _explaining(dialect):
            if not dialect.exists():
                return None
            with dialect.reading.connect() as connection:
                return revision_of(connection)
    finally:
        dialect.close()


def _dialect(data_dir: Path, url: str | None, limits: DatabaseLimits | None = None) -> Dialect:
    if url is None:
        return Sqlite(data_dir)
    from foundsound.catalog.postgresql import Postgresql  # needs the extra

    return Postgresql(url, limits or DatabaseLimits())


@contextmanager
def _explaining(dialect: Dialect) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        explained = dialect.explained(error)
        if explained is None:
            raise
        raise explained from error
