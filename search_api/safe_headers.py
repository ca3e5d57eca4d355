"""Headers that keep a browser from making more of an answer than it is."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api import documentation

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
# Of what is shown by itself: a sound, a picture, JSON. Nothing in it may run or load anything.
POLICY = (
    b"default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; "
    b"frame-ancestors 'none'"
)


class SafeHeaders:
    """ASGI middleware: adds them to every answer; no route sets one of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        policy = documentation.POLICY if scope["path"] == documentation.PATH else POLICY

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = (*HEADERS, (b"content-security-policy", policy))
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        return await self._app(scope, receive, safe)
