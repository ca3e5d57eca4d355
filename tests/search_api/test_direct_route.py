"""POST /search goes a shorter way than FastAPI's, and answers the same."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from foundsound.api_keys import KeyRing
from foundsound.library import Library
from search_api.app import create_app

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
        ("[" * 100_000, 400),
    ],
)
def test_both_ways_answer_the_same(client: TestClient, body: str, status: int) -> None:
    direct = answer(client, body, DIRECT)
    assert direct[0] == status
    assert direct == answer(client, body, USUAL)


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
