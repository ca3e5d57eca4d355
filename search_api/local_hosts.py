"""Answers a server that only this machine may reach under this machine's names alone.

Otherwise a web page could name its own host, let that name resolve to 127.0.0.1, and read the
library through the visitor's browser (DNS rebinding).
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.problems import problem
from search_api.raw_headers import header

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class LocalHosts:
    """ASGI middleware: refuses requests whose Host header is no name of the loopback interface."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            host = header(scope, b"host") or ""
            name = host if host.endswith("]") else host.rpartition(":")[0] or host
            if name not in LOCAL_NAMES:
                detail = f"This server answers under {', '.join(sorted(LOCAL_NAMES))} only."
                return await problem(421, detail)(scope, receive, send)
        return await self._app(scope, receive, send)
