"""A file as HTTP: ranges, suffix ranges and conditions by Starlette, errors as problems."""

from typing import Any

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from search_api.problems import problem

REFUSALS = {
    400: "The Range header is malformed; send for example 'bytes=0-1023' or 'bytes=-500'.",
    416: "The range lies outside the file.",
}


class AudioResponse(FileResponse):
    """A FileResponse whose own refusals (400, 416) have our one error shape."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or a problem in place of Starlette's plain text."""
        refused = False
        if not Headers(scope=scope).get("range", "bytes=").lower().startswith("bytes="):
            # RFC 9110, 14.2: a range in a unit that we do not know is ignored.
            scope = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"range"]}

        async def shaped(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in REFUSALS:
                refused = True
                status: int = message["status"]
                kept = _headers(message, b"content-range")
                await problem(status, REFUSALS[status], kept)(scope, receive, send)
            elif not refused:
                await send(message)

        await super().__call__(scope, receive, shaped)


def _headers(message: Message, name: bytes) -> dict[str, str]:
    pairs: list[Any] = message["headers"]
    return {key.decode(): value.decode() for key, value in pairs if key == name}
