"""Waits while a server is away, and goes on: no file is to blame for it."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from foundsound.errors import Unavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library

RETRY_S = 1.0  # after a failure; doubled with each further one
MAX_RETRY_S = 30.0
T = TypeVar("T")

log = logging.getLogger(__name__)


def wait_out(
    library: Library,
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    work: Callable[[], T],
) -> T:
    """The result of ``work``, which is done again after whatever it needs was away.

    Args:
        progress: says what is waited for, as long as it is.
        work: does no harm when a part of it was done before.

    Raises:
        Unavailable: ``stop`` was set while something was away.
    """
    while True:
        try:
            return work()
        except Unavailable as error:
            log.warning("%s Waiting for it.", error)
            progress.message = f"Waiting: {error}"
            listener(progress)
            if not _is_back(library, stop):
                raise
            progress.message = ""
            listener(progress)


def _is_back(library: Library, stop: threading.Event) -> bool:
    """Wait until the library's servers answer; False when ``stop`` was set before."""
    retry_s = RETRY_S
    while not stop.wait(retry_s):
        retry_s = min(2 * retry_s, MAX_RETRY_S)
        try:
            library.check()
        except Unavailable as error:
            log.debug("still away: %s", error)
        else:
            return True
    return False
