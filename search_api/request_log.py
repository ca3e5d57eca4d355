"""Gives each request an id, which its log lines and its answer bear, and logs it."""

import logging
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from search_api.problems import problem
from search_api.raw_headers import header

HEADER = "X-Request-ID"
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds
MOST_PATH = 200  # characters
_NAME = HEADER.lower().encode()
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = logging.getLogger(__name__)


class RequestLog:
    """ASGI middleware: one line a request, by level info; the query string is left out.

    An id that the caller sent is taken if it is a plain one. What fails for no known reason is
    answered here, so that the answer's id leads to the traceback.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        sent = header(scope, _NAME)
        request_id = sent if sent and _ID.fullmatch(sent) else secrets.token_hex(16)
        started, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.get("headers", ())
                message["headers"] = [*headers, (_NAME, request_id.encode())]
            await send(message)

        bound = bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, named)
        except Exception:
            if status:  # it is too late for another answer
                raise
            log.exception("the request failed")
            refusal = problem(500, "The server failed; its log says why.")
            await refusal(scope, receive, named)
        finally:
            if log.isEnabledFor(logging.INFO) and scope["path"] not in QUIET:
                log.info("request", extra=_told(scope, status, started))
            reset_contextvars(**bound)


def _told(scope: Scope, status: int, started: float) -> dict[str, object]:
    # As it was sent, percent-encoded: a decoded path could write lines of its own.
    path = scope.get("raw_path", scope["path"].encode()).decode("ascii", "backslashreplace")
    client = scope.get("client")
    return {
        "method": scope["method"],
        "path": path[:MOST_PATH],
        "status": status or 499,  # the client left before there was an answer
        "ms": round((time.perf_counter() - started) * 1000, 1),
        "client": client[0] if client else None,
    }
