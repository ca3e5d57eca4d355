"""Counts requests and their time, by the route that answered."""

import time
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundsound.metrics import REQUEST_SECONDS, REQUESTS

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NONE = "none"  # no route answered: unknown paths are not labels

# Looking one up by its labels takes longer than counting; there are only so many.
_requests = cache(REQUESTS.labels)
_seconds = cache(REQUEST_SECONDS.labels)


class RequestMetrics:
    """ASGI middleware: the outermost, so that what others refuse is counted as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request; one whose client left before an answer counts as 499."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), 499

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            status = 500
            raise
        finally:
            route = getattr(scope.get("route"), "path", NONE)
            method = scope["method"] if scope["method"] in METHODS else NONE
            _requests(method, route, status).inc()
            _seconds(route).observe(time.perf_counter() - started)
