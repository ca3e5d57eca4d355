"""Where the time of a request and of a file goes, as spans."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from foundsound import tracing
from foundsound.tracing import span, traces
from tests.conftest import Index

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Told:
    """The spans that were made, once the traces have ended."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    def named(self, name: str) -> list[ReadableSpan]:
        return [each for each in self.exporter.get_finished_spans() if each.name == name]


@pytest.fixture
def told() -> Iterator[Told]:
    yield Told()
    assert tracing.tracer() is None


def test_a_request_is_a_trace_of_its_parts(client: TestClient, told: Told) -> None:
    with traces("http://unused", "api", told.exporter):
        found = client.post(
            "/search",
            json={"text": "noise", "show_weak": True},
            headers={"traceparent": f"00-{TRACE}-{CALLER}-01"},
        )
        assert len(found.json()["hits"]) == 3
    (request,) = told.named("POST /search")
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == CALLER
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    assert request.resource.attributes["service.name"] == "foundsound-api"
    for name in ("embed", "engine", "catalogue"):
        parts = told.named(name)
        assert parts, name
        # The warm-up may still be at it, in a trace of its own.
        assert any(f"{part.context.trace_id:032x}" == TRACE for part in parts), name


def test_a_file_is_decoded_embedded_and_stored(index: Index, sounds: Path, told: Told) -> None:
    with traces("http://unused", "worker", told.exporter):
        index(sounds)
    assert len(told.named("decode")) == 3
    assert told.named("embed")
    assert told.named("store")


def test_nothing_is_made_unless_it_is_wanted() -> None:
    with traces(None, "api"):
        assert tracing.tracer() is None
        assert span("a") is span("b")
