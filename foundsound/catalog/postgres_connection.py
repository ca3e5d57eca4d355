"""A connection to PostgreSQL that does not wait for ever for a server that has frozen.

A server that is stopped but not gone (a paused machine, a dead disk below it) acknowledges every
packet, so that neither keepalives nor its own statement timeout end a wait: only we can.
"""

import math
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

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
