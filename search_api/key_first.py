"""Looks at the key before the body: who has none must not hold what many share while it sends."""

from typing import TYPE_CHECKING

from fastapi.security import HTTPAuthorizationCredentials
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from foundsound.api_keys import Scope as KeyScope
from foundsound.errors import Unavailable
from search_api.gate import demand
from search_api.problems import AGAIN, problem
from search_api.raw_headers import bearer

if TYPE_CHECKING:
    from search_api.state import ApiState

WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class KeyFirst:
    """ASGI middleware: 401 for a request that may have a body, and shows no valid key.

    What a key of which scope may do the routes say, as of all others.
    """

    def __init__(self, app: ASGIApp, state: "ApiState") -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it may be read."""
        if scope["type"] == "http" and scope["method"] not in WITHOUT_BODY:
            sent = HTTPAuthorizationCredentials(scheme="Bearer", credentials=bearer(scope))
            try:
                await demand(self._state, sent, KeyScope.READ)
            except HTTPException as refused:
                headers = dict(refused.headers or {})
                answer = problem(refused.status_code, refused.detail, headers)
                return await answer(scope, receive, send)
            except Unavailable as away:
                return await problem(503, str(away), AGAIN)(scope, receive, send)
        return await self._app(scope, receive, send)
