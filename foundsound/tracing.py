"""Spans for OpenTelemetry: where a process that serves or works spends its time.

Nothing is imported and nothing is measured unless an endpoint is named, see :func:`traces`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from foundsound import __version__
from foundsound.errors import InvalidRequest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

EXPORT_S = 3.0  # a collector that is away holds nothing up
_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: "Tracer | None" = None


def span(name: str) -> AbstractContextManager[Any]:
    """A span around the body, below the one that is open; costs nothing while none are wanted."""
    return _NOTHING if _tracer is None else _tracer.start_as_current_span(name)


def tracer() -> "Tracer | None":
    """What makes spans, if they are wanted."""
    return _tracer


@contextmanager
def traces(
    endpoint: str | None, service: str, exporter: "SpanExporter | None" = None
) -> Iterator[None]:
    """Send spans while the body runs, over OTLP by HTTP.

    Args:
        endpoint: of a collector, such as http://localhost:4318; None or empty = no spans are made.
        service: the name of this process's part.
        exporter: takes the spans in the collector's place.

    Raises:
        InvalidRequest: the extra is not installed.
    """
    global _tracer
    if not endpoint:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise InvalidRequest(
            "Traces need another package: pip install 'foundsound[otel]'."
        ) from error
    # Only what is said here: its own default would read the environment.
    resource = Resource({"service.name": f"foundsound-{service}", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    sending = exporter or OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_S
    )
    provider.add_span_processor(BatchSpanProcessor(sending))
    _tracer = provider.get_tracer("foundsound", __version__)
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()
