"""A span for each request, below the one that its caller names in ``traceparent``."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundsound.tracing import tracer


class RequestTrace:
    """ASGI middleware; it does nothing unless traces are wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        making = tracer()
        if making is None or scope["type"] != "http":
            return await self._app(scope, receive, send)
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        method = scope["method"]
        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        with making.start_as_current_span(method, context=parent, kind=SpanKind.SERVER) as current:
            current.set_attribute("http.request.method", method)

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    current.set_attribute("http.response.status_code", message["status"])
                    route = getattr(scope.get("route"), "path", None)
                    if route is not None:
                        current.set_attribute("http.route", route)
                        current.update_name(f"{method} {route}")
                await send(message)

            return await self._app(scope, receive, noted)
