"""Waits while a server is away, and goes on: no file is to blame for it."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from foundsound.errors import Unavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.outage_log import OutageLog

RETRY_S = 1.0  # after a failure; doubled with each further one
MAX_RETRY_S = 30.0
T = TypeVar("T")

log = logging.getLogger(__name__)


class Patience:
    """Does work again after whatever it needs was away.

    Args:
        progress: says what is waited for, as long as it is; ``listener`` is called then.
        stop: set it to wait no longer.
    """

    def __init__(
        self,
        library: Library,
        progress: IndexProgress,
        listener: ProgressListener,
        stop: threading.Event,
    ) -> None:
        self._library = library
        self._progress = progress
        self._listener = listener
        self._stop = stop

    def do(self, work: Callable[[], T]) -> T:
        """The result of ``work``, which does no harm when a part of it was done before.

        Raises:
            Unavailable: ``stop`` was set while something was away.
        """
        outages = OutageLog(log)
        while True:
            try:
                done = work()
            except Unavailable as error:
                outages.failed(f"{error} Waiting for it.")
                self._tell(f"Waiting: {error}")
                if not self._is_back():
                    raise
                self._tell("")
            else:
                outages.worked("What was waited for is there again.")
                return done

    def _tell(self, message: str) -> None:
        self._progress.message = message
        self._listener(self._progress)

    def _is_back(self) -> bool:
        """Wait until the library's servers answer; False when ``stop`` was set before."""
        retry_s = RETRY_S
        while not self._stop.wait(retry_s):
            retry_s = min(2 * retry_s, MAX_RETRY_S)
            try:
                self._library.check()
            except Unavailable as error:
                log.debug("still away: %s", error)
            else:
                return True
        return False
