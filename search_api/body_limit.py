"""Refuses request bodies that are too large, before they fill a disk or memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.problems import problem
from search_api.raw_headers import header

JSON_BYTES = 2**20
UPLOAD_PATHS = frozenset(
    {"/search/audio", "/classify", "/enrolled", "/metadata/import", "/alerts/audio"}
)


class BodyLimit:
    """ASGI middleware: uploads up to ``upload_bytes``, any other body up to 1 MiB."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it comes; a declared length that is too large is refused at once."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit = self._upload_bytes if scope["path"] in UPLOAD_PATHS else JSON_BYTES
        declared = header(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared) > limit:
            return await problem(413, _refusal(limit))(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, _refusal(limit))
            return message

        return await self._app(scope, counted, send)


def _refusal(limit: int) -> str:
    return f"The request is larger than the limit of {limit / 2**20:.0f} MiB."
