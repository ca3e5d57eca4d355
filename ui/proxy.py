"""Hands the API's pictures and sounds to the browser under the interface's own address.

The browser then needs no second address: nothing to allow across origins, and a phone that reaches
the interface hears sounds although the API listens to its own machine alone. Only what is read
passes, and only what players and pictures need.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ui.settings import UiSettings

PREFIX = "/api"
READABLE = re.compile(
    r"/sounds/[0-9a-f]{1,64}/(audio|rendition|peaks|spectrogram\.png|windows)|/map|/selection/[\w-]+"
)
FORWARDED = ("range", "if-range", "if-none-match", "if-modified-since", "accept")
DROPPED = frozenset({"connection", "transfer-encoding", "server", "date", "keep-alive"})
TIMEOUT = httpx.Timeout(60, connect=5)


class Proxy:
    """Reads from the API for the browser, streamed, with byte ranges and entity tags."""

    def __init__(self, settings: UiSettings) -> None:
        token = settings.api_token
        self._client = httpx.AsyncClient(
            base_url=settings.api_url,
            headers={"Authorization": f"Bearer {token}"} if token else None,
            timeout=TIMEOUT,
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Keeps connections to the API until the interface ends."""
        yield
        await self._client.aclose()

    async def __call__(self, request: Request) -> Response:
        """Answer one request with the API's answer."""
        path = request.url.path.removeprefix(PREFIX)
        if not READABLE.fullmatch(path):
            return JSONResponse({"detail": f"Nothing is read from {path} here."}, 404)
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        asked = self._client.build_request(
            request.method, path, params=str(request.url.query), headers=headers
        )
        # What is compressed stays so, and what is not must not be decoded: bytes pass as they are.
        asked.headers["accept-encoding"] = request.headers.get("accept-encoding", "identity")
        try:
            answer = await self._client.send(asked, stream=True)
        except httpx.HTTPError:
            return JSONResponse({"detail": "foundsound does not answer; is it running?"}, 503)
        return StreamingResponse(
            answer.aiter_raw(),
            answer.status_code,
            {k: v for k, v in answer.headers.items() if k.lower() not in DROPPED},
            background=BackgroundTask(answer.aclose),
        )
