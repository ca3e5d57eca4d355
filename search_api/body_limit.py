"""Refuses request bodies that are too large, before they fill a disk or memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.problems import problem
from search_api.raw_headers import header

JSON_BYTES = 2**20
EDIT_BYTES = 8 * 2**20  # of a thousand sounds
EDIT_PATH = "/metadata"
# Whose bodies may be large, and take turns: see upload_turns.py.
UPLOAD_PATHS = frozenset(
    {"/search/audio", "/classify", "/enrolled", "/metadata/import", "/alerts/audio", EDIT_PATH}
)


class BodyLimit:
    """ASGI middleware: uploads up to ``upload_bytes``, any other body up to 1 MiB.

    Edits of many sounds are JSON, held in memory as a whole: up to 8 MiB.
    """

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it comes; a declared length that is too large is refused at once."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit = most_bytes(scope["path"], self._upload_bytes)
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


def most_bytes(path: str, upload_bytes: int) -> int:
    """The limit of a path's bodies."""
    if path == EDIT_PATH:
        return min(EDIT_BYTES, upload_bytes)
    return upload_bytes if path in UPLOAD_PATHS else JSON_BYTES


def _refusal(limit: int) -> str:
    return f"The request is larger than the limit of {limit / 2**20:.0f} MiB."
