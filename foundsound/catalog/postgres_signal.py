"""Wakes whoever waits on any machine by PostgreSQL's LISTEN and NOTIFY."""

import logging
import threading
from typing import Any

from psycopg import Error as DriverError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from foundsound.catalog.work_signal import InProcessSignal

LOOK_S = 0.5  # at whether to end; nothing is asked of the server
RECONNECT_S = 2.0

log = logging.getLogger(__name__)


class PostgresSignal:
    """See :class:`~foundsound.catalog.work_signal.WorkSignal`.

    The first wait starts a thread that listens on a connection of its own. While that connection is
    lost nothing is heard, so whoever waits is woken when it is lost and when it is back.
    """

    def __init__(self, engine: Engine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._here = InProcessSignal()
        self._starting = threading.Lock()
        self._closing = threading.Event()
        self._listening: threading.Thread | None = None
        self._lost = False  # and it was told

    def notify(self) -> None:
        """Wake all of the database; without it, those of this process."""
        try:
            with self._engine.begin() as connection:
                connection.execute(text(f"NOTIFY {self._channel}"))
        except SQLAlchemyError as error:
            log.debug("nobody elsewhere is woken: %s", error)  # they look by themselves
            self._here.notify()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a signal that this thread has not heard yet."""
        with self._starting:
            if self._listening is None and not self._closing.is_set():
                self._listening = threading.Thread(target=self._listen, daemon=True)
                self._listening.start()
        return self._here.wait(timeout_s)

    def close(self) -> None:
        """End the thread that listens, and every wait."""
        self._closing.set()
        self._here.notify()
        with self._starting:
            if self._listening is not None:
                self._listening.join()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear()
            except (SQLAlchemyError, DriverError) as error:
                level = logging.DEBUG if self._lost else logging.WARNING
                reason = str(error).partition("\n")[0]
                log.log(level, "%s is not heard until it can be: %s", self._channel, reason)
                self._lost = True
                self._closing.wait(RECONNECT_S)

    def _hear(self) -> None:
        listening = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with listening.connect() as connection:
            driver: Any = connection.connection.driver_connection
            connection.detach()  # for good: the pool is for those who ask
            try:
                driver.execute(f"LISTEN {self._channel}")
                self._lost = False
                self._here.notify()  # what came before was not heard
                while not self._closing.is_set():
                    for _ in driver.notifies(timeout=LOOK_S, stop_after=1):
                        self._here.notify()
            except DriverError:
                connection.invalidate()  # nobody shall try to end a transaction on it
                raise
            finally:
                self._here.notify()  # what comes now is not heard
