"""Connections to PostgreSQL: none waits for ever for a server that has frozen, none is used dead.

A server that is stopped but not gone (a paused machine, a dead disk below it) acknowledges every
packet, so that neither keepalives nor its own statement timeout end a wait: only we can.
"""

import math
import select
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED_S = 10.0  # in the pool; after that, what lies between may have forgotten the connection
T = TypeVar("T")


class PatientConnection(psycopg.Connection[Any]):
    """Waits ``patience_s`` for each answer, then gives itself up; None: as long as it takes."""

    patience_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """See :class:`psycopg.Connection`.

        Raises:
            psycopg.OperationalError: there is no answer; the connection is closed.
        """
        if timeout is not None or self.patience_s is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience_s)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and not self.closed:
                self.pgconn.finish()  # no farewell: nobody would read it
                raise psycopg.OperationalError(
                    f"the server did not answer within {math.ceil(self.patience_s)} s"
                ) from error
            raise


def be_patient(engine: Engine, patience_s: float) -> None:
    """Have the engine make such connections."""

    def connect(_: object, __: object, arguments: list[Any], options: dict[str, Any]) -> Any:
        connection = PatientConnection.connect(*arguments, **options)
        connection.patience_s = patience_s
        return connection

    event.listen(engine, "do_connect", connect)


def replace_dead(engine: Engine) -> None:
    """Have the pool replace connections that died in it, before they are used.

    A server that ends a connection says so on its socket, where a look is enough. A round trip for
    each use, as ``pool_pre_ping`` makes it, was a third of those of a short read.
    """

    def rest(_: object, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    def check(driver: Any, record: Any, _: object) -> None:
        since = record.info.get("rests_since")
        if since is None:  # new
            return
        if time.monotonic() - since < RESTED_S and not _has_news(driver):
            return
        try:
            engine.dialect.do_ping(driver)
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # the others of the pool died with it

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", check)


def _has_news(driver: psycopg.Connection[Any]) -> bool:
    """True when there is something to be read on a connection that nobody asked anything."""
    if driver.closed:
        return True
    looking = select.poll()
    looking.register(driver.fileno(), select.POLLIN)
    return bool(looking.poll(0))
