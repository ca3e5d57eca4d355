"""A file as HTTP: ranges and suffix ranges by Starlette, errors as problems."""

from typing import Any

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from search_api.problems import problem

REFUSALS = {
    400: "The Range header is malformed; send for example 'bytes=0-1023' or 'bytes=-500'.",
    416: "The range lies outside the file.",
}
KEPT = ("etag", "cache-control")  # of what was not changed


def forever(tag: str) -> dict[str, str]:
    """Headers of what never changes at its address; ``tag`` names exactly these bytes."""
    return {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=31536000, immutable"}


def until_improved(tag: str) -> dict[str, str]:
    """Headers of what only another version of foundsound would make otherwise."""
    return {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=86400"}


class AudioResponse(FileResponse):
    """A FileResponse that has conditions, and whose refusals (400, 416) have our one error shape.

    Who sends the ETag that is among ``headers`` gets 304 and no body.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or a problem in place of Starlette's plain text."""
        refused = False
        tag = self.headers.get("etag")
        if tag is not None and names_tag(Headers(scope=scope).get("if-none-match", ""), tag):
            kept = {name: self.headers[name] for name in KEPT if name in self.headers}
            return await Response(status_code=304, headers=kept)(scope, receive, send)
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

        return await super().__call__(scope, receive, shaped)


def names_tag(condition: str, tag: str) -> bool:
    """True when an If-None-Match header holds this entity tag (RFC 9110, 13.1.2), or ``*``."""
    return condition == "*" or tag in (
        each.strip().removeprefix("W/") for each in condition.split(",")
    )


def _headers(message: Message, name: bytes) -> dict[str, str]:
    pairs: list[Any] = message["headers"]
    return {key.decode(): value.decode() for key, value in pairs if key == name}
