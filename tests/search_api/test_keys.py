"""An API that other machines reach answers to keys."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from foundsound.api_keys import KeyRing, Scope, make_key
from foundsound.library import Library
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.conftest import Index

TOKEN = "test-token"
SETTING = "s" * 40


@pytest.fixture
def client(library: Library, index: Index, sounds: Path) -> Iterator[TestClient]:
    index(sounds)
    runs = BackgroundRuns(library)
    keys = KeyRing(library.catalog, SETTING)
    with TestClient(create_app(library, runs, TOKEN, keys=keys)) as opened:
        yield opened
    runs.close()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_nothing_but_health_is_told_without_a_key(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        if path in ("/healthz", "/readyz"):
            continue
        for method in methods:
            filled = path.replace("{", "").replace("}", "")
            answer = client.request(method, filled)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert "foundsound keys add" in answer.json()["detail"]
            asked += 1
    assert asked > 20
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("key", [b"", b"Bearer made-up", b"Basic " + SETTING.encode()])
def test_without_a_key_nobody_reads_what_is_sent(library: Library, key: bytes) -> None:
    app = create_app(library, keys=KeyRing(library.catalog, SETTING))
    largest = str(library.settings.max_upload_bytes).encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/search/audio",
        "raw_path": b"/search/audio",
        "query_string": b"",
        "headers": [(b"content-length", largest), (b"authorization", key)],
    }
    told: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(app(scope, receive, send))
    assert told[0]["status"] == 401


def test_each_scope_allows_what_it_says(client: TestClient, library: Library) -> None:
    made = {}
    for scope in Scope:
        with library.catalog.write() as session:
            made[scope] = make_key(session, scope.name, scope).key
    asked = 0
    for scope, key in made.items():
        for needed, request in (
            (Scope.READ, ("GET", "/stats", None)),
            (Scope.WRITE, ("POST", "/collections", {"name": f"of {scope.name}"})),
            (Scope.ADMIN, ("POST", "/failed/retry", {"all": True})),
        ):
            method, path, body = request
            answer = client.request(method, path, json=body, headers=bearer(key))
            assert answer.is_success == (scope >= needed), (scope, path, answer.text)
            if scope < needed:
                assert answer.status_code == 403
                assert f"of scope {scope.name.lower()}" in answer.json()["detail"]
            asked += 1
    assert asked == 9


def test_paths_are_those_of_the_key_unless_the_request_says_others(
    client: TestClient, library: Library, sounds: Path
) -> None:
    with library.catalog.write() as session:
        key = make_key(session, "a", Scope.READ, path_map=[f"{sounds}=/Volumes/SFX"]).key
        plain = make_key(session, "b", Scope.READ).key

    def folders(key: str, **headers: str) -> set[str]:
        asked = {"q": "dur:>0", "sort": "name"}
        answer = client.get("/search", params=asked, headers=bearer(key) | headers)
        return {str(Path(hit["path"]).parent) for hit in answer.json()["hits"]}

    for _ in range(2):  # looked up, then remembered
        assert folders(key) == {"/Volumes/SFX", "/Volumes/SFX/sub"}
        assert folders(plain) == {str(sounds), str(sounds / "sub")}
    other = {"Foundsound-Path-Map": f"{sounds}=/mnt"}
    assert folders(key, **other) == {"/mnt", "/mnt/sub"}


def test_the_owner_and_the_setting_may_do_everything(client: TestClient) -> None:
    for key in (TOKEN, SETTING):
        assert client.get("/stats", headers=bearer(key)).status_code == 200
        retried = client.post("/failed/retry", json={"all": True}, headers=bearer(key))
        assert retried.status_code == 200
    wrong = client.get("/stats", headers=bearer(SETTING + "x"))
    assert wrong.status_code == 401
    assert "unknown or has expired" in wrong.json()["detail"]
