"""The documentation's examples are requests that work."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.search_api.conftest import TOKEN

SOUND_ID = re.compile(r"[0-9a-f]{32}")


def with_ids(example: Any, ids: list[str]) -> Any:
    """The example with ids of sounds that are there; each made-up one becomes one of them."""
    made_up: dict[str, str] = {}

    def real(found: re.Match[str]) -> str:
        return made_up.setdefault(found[0], ids[len(made_up) % len(ids)])

    return json.loads(SOUND_ID.sub(real, json.dumps(example)))


def body_examples(client: TestClient, path: str, method: str) -> list[Any]:
    """Of the route itself and of the schema that it takes."""
    document = client.get("/openapi.json").json()
    (content,) = document["paths"][path][method]["requestBody"]["content"].values()
    name = content["schema"]["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [*named, *schema.get("examples", [])]


def ids_of(client: TestClient) -> list[str]:
    hits = client.post("/search", json={"text": "dur:>0"}).json()["hits"]
    return [hit["sound_id"] for hit in hits]


def test_every_error_has_one_shape(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    shapes = {
        (kind, content["schema"].get("$ref"))
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if int(status) >= 400
    }
    assert shapes == {("application/problem+json", "#/components/schemas/Problem")}
    assert document["components"]["schemas"]["Problem"]["properties"].keys() >= {"detail", "span"}


def test_what_any_request_may_meet_is_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            told = {int(status) for status in operation["responses"]}
            expected = {421, 422, 500, 503}
            if path not in ("/healthz", "/readyz"):
                expected |= {401, 429}
            assert told >= expected, (method, path)
            of_a_body = told & {408, 413}
            assert of_a_body == ({408, 413} if "requestBody" in operation else set())


def test_who_may_be_refused_is_told_so(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for method, path in (
        ("get", "/webhooks"),
        ("post", "/webhooks"),
        ("delete", "/webhooks/{webhook_id}"),
        ("post", "/webhooks/{webhook_id}/test"),
        ("delete", "/spaces/{key}"),
        ("get", "/backup"),
    ):
        assert "403" in paths[path][method]["responses"], (method, path)


def test_a_body_that_is_no_text_is_refused(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    answer = client.post("/spaces", content=b"\xffc", headers=headers)
    assert answer.status_code == 422
    assert "UTF-8" in answer.json()["detail"]


def test_every_search_works(client: TestClient) -> None:
    ids = ids_of(client)
    examples = body_examples(client, "/search", "post")
    assert len(examples) >= 8
    for example in examples:
        answer = client.post("/search", json=with_ids(example, ids))
        assert answer.status_code == 200, (example, answer.text)
        found = answer.json()
        asked = example.get("facets", [])
        assert [each["name"] for each in (found["facets"] or {"facets": []})["facets"]] == asked


def test_the_parts_are_told_apart_by_their_type(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    parts = schemas["SearchRequest"]["properties"]["parts"]["items"]
    assert parts["discriminator"]["propertyName"] == "type"
    assert set(parts["discriminator"]["mapping"]) == {"text", "item", "clip", "enrolled"}


def test_a_search_with_clips_works(client: TestClient, sounds: Path) -> None:
    document = client.get("/openapi.json").json()
    (name,) = (each for each in document["components"]["schemas"] if "search_audio" in each)
    (example,) = document["components"]["schemas"][name]["properties"]["query"]["examples"]
    with (sounds / "noise.wav").open("rb") as file:
        query = example.replace('"start_s": 1.5, "end_s": 3', '"start_s": 0.5, "end_s": 1')
        answer = client.post("/search/audio", files={"file": file}, data={"query": query})
    assert answer.status_code == 200, answer.text


def test_every_edit_works(client: TestClient) -> None:
    ids = ids_of(client)
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    for path, url in (("/sounds/{sound_id}", f"/sounds/{ids[0]}"), ("/sounds", "/sounds")):
        examples = body_examples(client, path, "patch")
        assert examples
        for example in examples:
            answer = client.patch(url, json=with_ids(example, ids), headers=bearer)
            assert answer.status_code == 200, (example, answer.text)


def test_nobody_waits_while_the_document_is_made(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, answered = threading.Event(), threading.Event()
    make = FastAPI.openapi

    def make_slowly(app: FastAPI) -> dict[str, Any]:
        making.set()
        assert answered.wait(60)
        return make(app)

    monkeypatch.setattr(FastAPI, "openapi", make_slowly)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.get, "/openapi.json")
        try:
            assert making.wait(60)
            assert client.get("/healthz").status_code == 200
        finally:
            answered.set()
        assert "Problem" in asked.result().json()["components"]["schemas"]
