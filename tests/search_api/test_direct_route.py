"""POST /search goes a shorter way than FastAPI's, and answers the same."""

import asyncio
import json
import threading
from concurrent.futures import Future
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from foundsound.api_keys import KeyRing
from foundsound.library import Library
from search_api.app import create_app
from search_api.body_limit import JSON_BYTES

USUAL = {"Content-Type": "application/json; charset=utf-8"}
DIRECT = {"Content-Type": "application/json"}
KEY = "s" * 40


def answer(client: TestClient, body: str, headers: dict[str, str]) -> tuple[int, Any]:
    response = client.post("/search", content=body, headers=headers)
    told = response.json()
    told.pop("took_ms", None)
    return response.status_code, told


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"text": "noise", "show_weak": true, "limit": 2}', 200),
        ('{"parts": [{"type": "text", "text": "tone"}], "facets": ["format"]}', 200),
        ('{"text": "noise", "model": "another"}', 422),
        ('{"text": "dur:x"}', 422),
        ('{"text": 5}', 422),
        ('{"txt": "noise"}', 422),
        ('["noise"]', 422),
        ('{"text": "\\ud800"}', 422),
        ("{", 422),
        ("", 422),
        ("[" * 100_000, 422),
    ],
)
def test_both_ways_answer_the_same(shared: TestClient, body: str, status: int) -> None:
    direct = answer(shared, body, DIRECT)
    assert direct[0] == status
    assert direct == answer(shared, body, USUAL)


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
def test_both_ways_demand_a_key(library: Library, headers: dict[str, str]) -> None:
    keys = KeyRing(library.catalog, KEY)
    with TestClient(create_app(library, keys=keys)) as client:
        body = '{"text": "noise"}'
        assert answer(client, body, headers)[0] == 401
        assert answer(client, body, headers | {"Authorization": "Bearer wrong"})[0] == 401
        assert answer(client, body, headers | {"Authorization": f"Bearer {KEY}"})[0] == 200


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
def test_both_ways_name_paths_as_the_client_does(
    client: TestClient, headers: dict[str, str]
) -> None:
    body = '{"text": "noise", "show_weak": true}'
    first = answer(client, body, headers)[1]["hits"][0]["path"]
    folder, _, name = first.rpartition("/")
    mapped = headers | {"Foundsound-Path-Map": f"{folder}=/Volumes/sfx"}
    assert answer(client, body, mapped)[1]["hits"][0]["path"] == f"/Volumes/sfx/{name}"


def sent(client: TestClient, headers: dict[str, str], came: list[Message]) -> tuple[int, Any]:
    """What the app answers to a body that comes in these messages; 0 and None for nothing."""
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/search",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    coming, answered = iter(came), list[Message]()

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        answered.append(message)

    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    told = json.loads(b"".join(each.get("body", b"") for each in answered))
    told.pop("took_ms", None)
    return answered[0]["status"], told


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
@pytest.mark.parametrize("body", ['{"text": "noise"}', '{"txt": "noise"}'])
def test_both_ways_take_a_body_in_parts(
    shared: TestClient, headers: dict[str, str], body: str
) -> None:
    parts = [part(each.encode(), more=True) for each in body]
    assert sent(shared, headers, [*parts, part(b"", more=False)]) == answer(shared, body, headers)


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
def test_both_ways_refuse_a_body_that_grows_too_large(
    client: TestClient, headers: dict[str, str]
) -> None:
    status, told = sent(client, headers, [part(b" " * JSON_BYTES, more=True)] * 2)
    assert status == 413
    assert "larger than the limit" in told["detail"]


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
def test_neither_way_searches_for_a_client_that_has_left(
    client: TestClient, headers: dict[str, str]
) -> None:
    came = [part(b'{"text": "noise"}', more=True), {"type": "http.disconnect"}]
    assert sent(client, headers, came)[0] == 400  # which nobody takes


def test_only_what_is_right_goes_the_shorter_way(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = client.app.state.foundsound  # type: ignore[attr-defined]
    submit, taken = state.searching.submit, list[object]()

    def noted(*work: Any) -> Future[Any]:
        taken.append(work)
        future: Future[Any] = submit(*work)
        return future

    monkeypatch.setattr(state.searching, "submit", noted)
    client.post("/search", content='{"text": "noise"}', headers=USUAL)
    client.post("/search", content='{"txt": "noise"}', headers=DIRECT)
    assert not taken
    client.post("/search", content='{"text": "noise"}', headers=DIRECT)
    assert len(taken) == 1


@pytest.mark.parametrize("headers", [DIRECT, USUAL])
@pytest.mark.parametrize("error", [RuntimeError("a bug"), StopIteration()])
def test_both_ways_answer_500_to_a_bug(
    shared: TestClient, headers: dict[str, str], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error

    state = shared.app.state.foundsound  # type: ignore[attr-defined]
    monkeypatch.setattr(state.searcher, "search", broken)
    assert answer(shared, '{"text": "noise"}', headers)[0] == 500


def test_the_end_waits_for_no_search_that_hangs(library: Library) -> None:
    goes_on = threading.Event()
    app = create_app(library)
    with TestClient(app):
        hanging = app.state.foundsound.searching.submit(goes_on.wait, 60)
    assert hanging.running()
    goes_on.set()
