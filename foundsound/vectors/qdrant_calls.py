"""Calls of a Qdrant client: tried again where that helps, and their failures told apart."""

import logging
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import httpx
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from foundsound.errors import FoundsoundError, LibraryError, Unavailable

PAUSES_S = (0.1, 0.5)  # before the second and third attempt
GONE = (
    "The Qdrant server has these vectors no more ({told}): they were deleted there, or another "
    "process has changed the model. Start this one anew; with FOUNDSOUND_MODEL unset it follows."
)
COUNT_S = 120  # an exact count lists every point, of many millions
T = TypeVar("T")

log = logging.getLogger(__name__)


class QdrantCalls:
    """Runs calls of one client. Thread-safe.

    Every call must be one that does no harm when it is done twice: an answer that is lost on its
    way says nothing of what the server did. Once the server is known to be away, one call at a time
    finds out whether it is back, and others are refused at once: threads that all wait for one
    server have none left for what needs it not.

    Args:
        timeout_s: the client's own; no attempt begins after it has passed.
        one_at_a_time: for local mode, which corrupts itself when threads write at once.
    """

    def __init__(self, timeout_s: float = 10.0, *, one_at_a_time: bool = False) -> None:
        self._timeout_s = timeout_s
        self._turn: AbstractContextManager[object] = (
            threading.RLock() if one_at_a_time else nullcontext()
        )
        self._asking = threading.RLock()  # held by who finds out; calls may be nested
        self._away = ""  # why, as long as it is

    def run(self, call: Callable[[], T]) -> T:
        """The result of ``call``.

        Raises:
            Unavailable: the server is away, overloaded or failing.
            LibraryError: it refuses, and would again.
        """
        away = self._away
        if away and not self._asking.acquire(blocking=False):
            raise Unavailable(away)
        try:
            result = self._repeated(call)
            self._away = ""
        except Unavailable as error:
            self._away = str(error)
            raise
        finally:
            if away:
                self._asking.release()
        return result

    def _repeated(self, call: Callable[[], T]) -> T:
        started = time.monotonic()
        for pause_s in (*PAUSES_S, None):
            try:
                with self._turn:
                    return call()
            except Exception as error:  # httpx, pydantic and qdrant each have their own families
                failure = explained(error)
                if pause_s is None or not isinstance(failure, Unavailable):
                    raise failure from error
                if isinstance(error, ResourceExhaustedResponse):
                    pause_s = max(pause_s, error.retry_after_s)
                if time.monotonic() + pause_s - started > self._timeout_s:
                    raise failure from error
                log.debug("tried again: %s", failure)
                time.sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")


def explained(error: Exception) -> FoundsoundError:
    """What a client's exception means: Unavailable when the same call may succeed later."""
    if isinstance(error, FoundsoundError):
        return error
    if isinstance(error, ResponseHandlingException) and isinstance(error.source, httpx.HTTPError):
        distrust = _distrust(error.source)
        if distrust is not None:
            return LibraryError(
                f"The Qdrant server's certificate is not trusted ({distrust.verify_message}): name "
                "who signed it in FOUNDSOUND_QDRANT_CA_FILE, and the host as it stands in it."
            )
        reason = str(error.source) or type(error.source).__name__
        return Unavailable(f"The Qdrant server cannot be reached ({reason}).")
    if isinstance(error, ResourceExhaustedResponse):
        return Unavailable("The Qdrant server is too busy; try again.")
    if isinstance(error, UnexpectedResponse):
        status = error.status_code or 0
        if status >= 500 or status == 429:
            return Unavailable(f"The Qdrant server fails ({_told(error)}).")
        if status in (401, 403):
            return LibraryError("The Qdrant server refuses the key in FOUNDSOUND_QDRANT_API_KEY.")
        told = _told(error)
        if status == 404 and "ollection" in told:
            return LibraryError(GONE.format(told=told))
        return LibraryError(f"The Qdrant server refuses: {told}.")
    return LibraryError(f"The Qdrant server failed: {error}")


def _distrust(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _told(error: UnexpectedResponse) -> str:
    try:
        return str(error.structured()["status"]["error"]).rstrip(".")
    except (ValueError, KeyError, TypeError):  # a proxy's page, or nothing
        return f"{error.status_code} {error.reason_phrase}".strip()
