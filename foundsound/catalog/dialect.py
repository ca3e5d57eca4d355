"""What the catalogue asks of a database engine; SQLite and PostgreSQL give it in their own ways."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from foundsound.catalog.work_signal import WorkSignal
from foundsound.errors import FoundsoundError


class Dialect(Protocol):
    """One database, not opened before ``prepare``."""

    reading: Engine  # transactions see one snapshot
    writing: Engine
    single: Engine  # for one statement
    signal: WorkSignal  # the queue has work
    news: WorkSignal  # alerts have something to do
    name: str  # for people, without a password
    version_is_cheap: bool  # it costs no statement

    def prepare(self) -> None:
        """Create or upgrade the schema; processes that start together wait for each other.

        Raises:
            LibraryError: it is no catalogue of ours, or a newer foundsound made it.
        """

    def exists(self) -> bool:
        """True when there is a catalogue; none is made."""

    def lock_writers(self, connection: Connection) -> None:
        """Let no other transaction that asks for the same write until this one ends."""

    def unhurried(self, connection: Connection) -> AbstractContextManager[object]:
        """While it is held, statements of this transaction may take as long as they need."""

    def writing_words(self) -> AbstractContextManager[object]:
        """Held by one process at a time: while words are read and written into their index."""

    def take_vectors(self, *, alone: bool) -> bool:
        """Say, until ``close``, whose vectors belong to the catalogue.

        Args:
            alone: they lie in this process's folder; otherwise on a server, for everybody.

        Returns:
            False when another process has said something else.
        """

    def version(self) -> object:
        """Another value whenever anything was committed since, by whatever process."""

    def explained(self, error: SQLAlchemyError) -> FoundsoundError | None:
        """What a person should know of a failure: Unavailable, LibraryError, or nothing."""

    def close(self) -> None:
        """Release every connection."""
