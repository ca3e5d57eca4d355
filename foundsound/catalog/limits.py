"""How many connections a process keeps to a PostgreSQL database, and how long they wait."""

from dataclasses import dataclass

from foundsound.settings import Settings


@dataclass(frozen=True)
class DatabaseLimits:
    """Of one process; the file of SQLite knows none of them.

    Args:
        pool: connections that are kept.
        overflow: opened beyond them while all are busy.
        recycle_s: a kept connection that is older is replaced before its next use.
        statement_s: a statement that takes longer is ended.
        lock_s: one that waits longer for another's lock is ended.
        idle_s: a transaction in which nothing happens for longer is ended, with its locks.
    """

    pool: int = 10
    overflow: int = 5
    recycle_s: float = 1800.0
    statement_s: float = 30.0
    lock_s: float = 20.0
    idle_s: float = 300.0


def limits_of(settings: Settings) -> DatabaseLimits:
    """What the settings say."""
    return DatabaseLimits(
        pool=settings.database_pool,
        overflow=settings.database_overflow,
        recycle_s=settings.database_recycle_s,
        statement_s=settings.database_statement_s,
        lock_s=settings.database_lock_s,
        idle_s=settings.database_idle_s,
    )
