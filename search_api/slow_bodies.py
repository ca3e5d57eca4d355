"""Gives up on request bodies that do not come."""

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IDLE_S = 20.0  # without a byte
GRACE_S = 30.0  # of waiting, whatever comes
BYTES_PER_S = 16 * 1024  # that must come beyond it: of a body that drips in, nobody knows the end
SLOW = "The request's body came too slowly, or stopped; send it again."


class SlowBodies:
    """ASGI middleware: 408 for a body that stops, or comes slower than ``BYTES_PER_S``.

    Only the time that is spent waiting for the client counts. It stands outside of whatever else
    waits while a body is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what comes in time."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        waited, received, complete = 0.0, 0, False

        async def in_time() -> Message:
            nonlocal waited, received, complete
            if complete:  # what is waited for now is the client's going away
                return await receive()
            begun = time.monotonic()
            left = GRACE_S + received / BYTES_PER_S - waited
            try:
                async with asyncio.timeout(min(IDLE_S, left)):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, SLOW, {"Connection": "close"}) from error
            waited += time.monotonic() - begun
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            return message

        return await self._app(scope, in_time, send)
