"""Uploads take turns, so that many at once fill neither memory nor disk, nor hold up searches."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.body_limit import UPLOAD_PATHS, most_bytes
from search_api.problems import AGAIN, problem
from search_api.raw_headers import header

WORKING = 8  # of the 40 threads that answer requests
WAIT_S = 30.0  # for a turn
HELD = 2  # times the largest upload: bytes of all that are held
BUSY = "Too many uploads at once; send it again in a few seconds."


class UploadTurns:
    """ASGI middleware: ``WORKING`` uploads are worked on at a time, others wait or get 503.

    A turn begins with the last of a body, so that slow clients take none from others.

    Args:
        upload_bytes: largest upload; a body that does not say its length counts as the largest.
    """

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes
        self._held = 0
        self._turns = asyncio.Semaphore(WORKING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through when there is room, and on when it is its turn."""
        if scope["type"] != "http" or scope["path"] not in UPLOAD_PATHS:
            return await self._app(scope, receive, send)
        declared = header(scope, b"content-length") or ""
        most = most_bytes(scope["path"], self._upload_bytes)
        size = int(declared) if declared.isdigit() else most
        if self._held + size > HELD * self._upload_bytes:
            return await problem(503, BUSY, AGAIN)(scope, receive, send)
        has_turn = False

        async def in_turn() -> Message:
            nonlocal has_turn
            message = await receive()
            if not has_turn and not message.get("more_body", False):
                await self._wait()
                has_turn = True
            return message

        self._held += size
        try:
            return await self._app(scope, in_turn, send)
        finally:
            self._held -= size
            if has_turn:
                self._turns.release()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise HTTPException(503, BUSY, AGAIN) from error
