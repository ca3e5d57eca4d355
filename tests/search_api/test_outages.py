"""While a server is away the API says so where it is needed, and serves the rest."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths
from search_api.app import create_app
from tests.postgres_server import PostgresServer
from tests.qdrant_process import QdrantProcess
from tests.search_api.conftest import TOKEN

pytest_plugins = ["tests.on_servers"]

EVERYTHING = {"text": "noise", "show_weak": True}


@pytest.fixture
def client(on_servers: Settings, sounds: Path) -> Iterator[TestClient]:
    with Library(on_servers) as library:
        index_paths(library, [sounds], IndexProgress(), lambda _: None, threading.Event())
        with TestClient(create_app(library, token=TOKEN)) as opened:
            deadline = time.monotonic() + 240
            while opened.get("/readyz").status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield opened


def assert_away(response: Any, what: str) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    assert what in response.json()["detail"]


def test_without_qdrant_sounds_are_still_served(
    client: TestClient, own_qdrant: QdrantProcess
) -> None:
    (one, *_) = client.get("/search", params={"q": "noise"}).json()["hits"]
    own_qdrant.stop()
    try:
        assert_away(client.get("/search", params={"q": "noise"}), "Qdrant")
        assert_away(client.post("/search", json={"text": "noise"}), "Qdrant")
        assert_away(client.get("/readyz"), "The Qdrant server cannot be reached")
        assert client.get("/healthz").status_code == 200
        sound = f"/sounds/{one['sound_id']}"
        assert client.get(sound).json()["paths"] == [one["path"]]
        assert client.get(f"{sound}/audio").content == Path(one["path"]).read_bytes()
        assert client.get("/stats").json()["sounds"] == 3
        alone = client.get("/search", params={"q": "dur:>0", "sort": "name"})
        assert len(alone.json()["hits"]) == 3  # filters are the catalogue's
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        edited = client.patch(sound, json={"add_tags": ["wet"]}, headers=bearer)
        assert edited.json()["tags"] == ["wet"]  # its words are written later
    finally:
        own_qdrant.start()
    assert client.get("/readyz").status_code == 200
    assert len(client.post("/search", json=EVERYTHING).json()["hits"]) == 3


def test_queries_that_wait_for_qdrant_hold_up_nothing_else(
    client: TestClient, own_qdrant: QdrantProcess
) -> None:
    """There are 40 threads, and as many queries as a page that is reloaded can send."""
    own_qdrant.fail(stall_s=60)
    try:
        assert_away(client.get("/search", params={"q": "noise"}), "Qdrant")
        started = time.monotonic()
        with ThreadPoolExecutor(100) as pool:
            queries = [pool.submit(client.get, "/search?q=noise") for _ in range(100)]
            assert client.get("/healthz").status_code == 200
            assert client.get("/stats").status_code == 200
            for query in queries:
                assert_away(query.result(), "Qdrant")
        assert time.monotonic() - started < 300  # one after another: 1000 s
    finally:
        own_qdrant.fail()
    assert client.get("/search", params={"q": "noise"}).status_code == 200


def test_without_the_database_it_says_so_and_lives(
    client: TestClient, own_postgres: PostgresServer
) -> None:
    own_postgres.stop()
    try:
        for path in ("/search?q=noise", "/stats", "/spaces", "/sounds/0", "/readyz"):
            assert_away(client.get(path), "The database postgresql")
        assert client.get("/healthz").status_code == 200
    finally:
        own_postgres.start()
    assert client.get("/readyz").status_code == 200
    assert len(client.post("/search", json=EVERYTHING).json()["hits"]) == 3
