import json
import math
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from search_api.app import create_app
from tests.signals import tone, write


def assert_problem(response: Any, status: int, words: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) - {"span", "parts"} == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert words in body["detail"]
    assert "Traceback" not in response.text


def test_text_finds_the_sound_it_describes(client: TestClient, sounds: Path) -> None:
    answer = client.post(
        "/search", json={"text": "white noise, static", "limit": 2, "show_weak": True}
    ).json()
    first, second = answer["hits"]
    assert first["path"] == str(sounds / "noise.wav")
    assert first["score"] > second["score"]
    assert (first["start_s"], first["end_s"], first["duration_s"]) == (0.0, 2.0, 2.0)
    assert (first["sample_rate"], first["channels"], first["format"]) == (44_100, 1, "WAV")
    assert len(first["sound_id"]) == 32
    assert answer["model"] == "starter-bridge"
    assert answer["took_ms"] > 0


def test_an_empty_library_says_so(library: Library) -> None:
    with TestClient(create_app(library)) as client:
        for answer in (
            client.post("/search", json={"text": "rain", "show_weak": True}),
            client.get("/search", params={"q": "rain fmt:wav"}),
        ):
            assert answer.status_code == 200
            found = answer.json()
            assert found["hits"] == []
            assert found["nothing"].startswith("The library is empty.")


def test_a_clip_finds_itself_first(client: TestClient, sounds: Path) -> None:
    for name in ("noise.wav", "tone.flac", "sub/high.ogg"):
        with (sounds / name).open("rb") as file:
            answer = client.post("/search/audio", files={"file": file}, data={"limit": "1"})
        (hit,) = answer.json()["hits"]
        assert hit["path"] == str(sounds / name)
        assert math.isclose(hit["score"], 1.0, abs_tol=1e-3)


def test_an_empty_library_answers_with_no_hits(library: Library) -> None:
    with TestClient(create_app(library)) as client:
        answer = client.post("/search", json={"text": "rain"})
        assert (answer.status_code, answer.json()["hits"]) == (200, [])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": ""}, "query is empty"),
        ({"text": " \n\t "}, "query is empty"),
        ({"text": "x" * 10_000}, "10,000 characters"),
        ({"text": "rain", "limit": 0}, "between 1 and 1000"),
        ({"text": "rain", "limit": -3}, "between 1 and 1000"),
        ({"text": "rain", "limit": 100_000}, "between 1 and 1000"),
        ({"text": "rain", "limit": "many"}, "limit"),
        ({"text": None}, "query is empty"),
        ({"limit": 3}, "query is empty"),
        ({"text": 3}, "text"),
        ({"text": "rain", "parts": [{"type": "text"}]}, "parts.0.text: Field required"),
        ({"parts": [{"text": "rain"}]}, "parts.0: It needs a field 'type'."),
        ({"parts": [{"type": "smell"}]}, "parts.0: Its 'type' should be one of 'text', 'item'"),
        ({"filters": {"dur": {"lt": 5, "lte": 6}}}, "filters.dur: give gt or gte"),
        ({"parts": "rain"}, "parts: Input should be a valid list"),
        ({"text": "rain", "filters": {"smell": {"any": ["oak"]}}}, "no field 'filters.smell'"),
        ({"text": "rain", "filters": {"dur": {"gt": 5, "lt": 2}}}, "lower bound must come first"),
        ({"text": "rain", "sort": "smell"}, "sort"),
        ({"text": "rain", "cursor": "x"}, "another query"),
        ({"text": "rain", "Limit": 3}, "Limit"),
        ({"text": "rain", "model": "nonsense"}, "no model 'nonsense' here"),
        ([1, 2], "JSON object"),
    ],
)
def test_bad_queries_are_problems(shared: TestClient, body: Any, words: str) -> None:
    assert_problem(shared.post("/search", json=body), 422, words)


def test_a_body_that_is_no_json_is_a_problem(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(client.post("/search", content=b"{", headers=headers), 422, "not valid JSON")
    lone = b'{"text": "\\ud800"}'
    assert_problem(client.post("/search", content=lone, headers=headers), 422, "not valid Unicode")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"just words " * 99, "not audio"), (b"RIFF\0\0\0\0WAVE", "not audio")],
)
def test_uploads_that_are_no_audio_are_problems(
    shared: TestClient, content: bytes, words: str
) -> None:
    assert_problem(shared.post("/search/audio", files={"file": content}), 422, words)


def test_an_upload_needs_a_file_and_a_good_limit(client: TestClient, sounds: Path) -> None:
    assert_problem(client.post("/search/audio"), 422, "file")
    files = {"file": (sounds / "noise.wav").read_bytes()}
    assert_problem(client.post("/search/audio", files=files, data={"limit": "0"}), 422, "between")


def test_what_is_too_large_is_refused(library: Library, tmp_path: Path) -> None:
    tight = library.settings.model_copy(
        update={"max_upload_bytes": 100_000, "max_query_audio_s": 1.0}
    )
    library.settings = tight
    with TestClient(create_app(library)) as client:
        big = {"file": b"\0" * 200_000}
        assert_problem(client.post("/search/audio", files=big), 413, "larger than the limit")
        long = write(tmp_path / "long.flac", 0 * tone(3.0))
        answer = client.post("/search/audio", files={"file": long.read_bytes()})
        assert_problem(answer, 422, "longer than the limit of 1 s")
        claimed = {"content-type": "multipart/form-data; boundary=x"}
        answer = client.post("/search", content=b"x" * 2**21, headers=claimed)
        assert_problem(answer, 413, "1 MiB")
        body = json.dumps({"text": "x" * 2**21}).encode()
        headers = {"content-type": "application/json"}
        assert_problem(client.post("/search", content=body, headers=headers), 413, "1 MiB")
        in_parts = (body[i : i + 65_536] for i in range(0, len(body), 65_536))
        answer = client.post("/search", content=in_parts, headers=headers)
        assert_problem(answer, 413, "1 MiB")


def test_what_does_not_exist_is_a_problem(client: TestClient) -> None:
    assert_problem(client.get("/nowhere"), 404, "/nowhere")
    assert_problem(client.put("/search"), 405, "Method Not Allowed")


def test_every_route_is_described_with_examples(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    for path, operations in api["paths"].items():
        for verb, operation in operations.items():
            assert operation["summary"], (verb, path)
            assert operation["description"], (verb, path)
    query = api["components"]["schemas"]["SearchRequest"]
    assert "examples" in query["properties"]["text"]
    assert len(query["examples"]) == 4
    assert api["paths"]["/search"]["post"]["responses"]["422"]["content"].keys() == {
        "application/problem+json"
    }


def test_a_local_server_answers_under_local_names_only(library: Library) -> None:
    app = create_app(library, local_only=True)
    with TestClient(app, base_url="http://127.0.0.1:8765") as client:
        assert client.get("/stats").status_code == 200
        for name in ("localhost", "localhost:8765", "[::1]:8765", "[::1]"):
            assert client.get("/stats", headers={"host": name}).status_code == 200
        for name in ("evil.example", "evil.example:8765", "127.0.0.1.evil.example"):
            assert_problem(client.get("/stats", headers={"host": name}), 421, "answers under")


def test_a_clip_in_an_unknown_coding_is_a_problem(client: TestClient, tmp_path: Path) -> None:
    data = bytearray(write(tmp_path / "a.wav", tone(0.5)).read_bytes())
    data[20:22] = b"\x99\x99"
    answer = client.post("/search/audio", files={"file": bytes(data)})
    assert_problem(answer, 422, "cannot decode")
