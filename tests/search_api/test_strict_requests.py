"""What a request holds is taken or refused, by every route: nothing in it goes unnoticed."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.search_api.conftest import TOKEN
from tests.search_api.test_search import assert_problem

OWNER = {"Authorization": f"Bearer {TOKEN}"}
JSON = OWNER | {"Content-Type": "application/json"}
TABLE = {"file": ("t.txt", b"Filename\tDescription\nnoise.wav\tSteam from a valve\n")}


def sent(client: TestClient, method: str, url: str, body: Any) -> Any:
    return client.request(method, url, json=body, headers=OWNER)


def test_a_form_with_an_unknown_field_imports_nothing(client: TestClient) -> None:
    answer = client.post("/metadata/import", files=TABLE, data={"dry_run": "true"}, headers=OWNER)
    assert_problem(answer, 422, "There is no field 'dry_run' in this request.")
    assert client.get("/search", params={"q": "valve", "mode": "lexical"}).json()["hits"] == []
    told = client.post("/metadata/import", files=TABLE, data={"options": "{}"}, headers=OWNER)
    assert told.json()["matched"] == 1


def test_an_unknown_url_parameter_is_refused(client: TestClient) -> None:
    url = "/metadata/import?dry_run=true"
    answer = client.post(url, files=TABLE, headers=OWNER)
    assert_problem(answer, 422, "There is no field 'dry_run' in this request.")
    assert client.get("/search", params={"q": "valve", "mode": "lexical"}).json()["hits"] == []
    answer = client.get("/search", params={"q": "noise", "limt": 5})
    assert_problem(answer, 422, "There is no field 'limt' in this request.")
    answer = client.post("/search?limit=5", json={"text": "noise"})
    assert_problem(answer, 422, "There is no field 'limit' in this request.")
    answer = client.get("/stats", params={"": "1"})
    assert_problem(answer, 422, "There is no field '' in this request.")


@pytest.mark.parametrize("url", ["/search/audio", "/alerts/audio", "/classify", "/enrolled"])
def test_a_misspelt_field_of_a_form_is_refused(
    shared: TestClient, shared_sounds: Path, url: str
) -> None:
    files = {"file": (shared_sounds / "noise.wav").read_bytes()}
    fields = {"limt": "1"} | ({"alert": "{}"} if url == "/alerts/audio" else {})
    answer = shared.post(url, files=files, data=fields, headers=OWNER)
    assert_problem(answer, 422, "There is no field 'limt' in this request.")


def test_files_and_text_do_not_stand_for_each_other(shared: TestClient) -> None:
    text_as_file = {"request": ("r.json", b'{"labels": ["rain"]}')}
    assert_problem(shared.post("/classify", files=text_as_file), 422, "'request' is text")
    file_as_text = {"file": (None, b"noise.wav"), "request": (None, b"{}")}
    assert_problem(shared.post("/classify", files=file_as_text), 422, "'file' is a file")
    for url in ("/search/audio", "/metadata/import"):
        told = shared.post(url, files={"file": (None, b"noise.wav")}, headers=OWNER)
        assert_problem(told, 422, "'file' is a file; send it as one: with curl, -F file=@clip.wav.")


@pytest.mark.parametrize(
    ("method", "url", "body", "field"),
    [
        ("PATCH", "/metadata", {"sounds": [], "dry_run": True}, "dry_run"),
        ("POST", "/webhooks", {"url": "https://x.example/", "kinds": ["deleted"]}, "kinds"),
        ("POST", "/failed/retry", {"path": "/tmp/x"}, "path"),
        ("POST", "/failed/retry", {"all": True, "query": "x"}, "query"),
    ],
)
def test_an_unknown_field_of_json_is_refused(
    shared: TestClient, method: str, url: str, body: dict[str, Any], field: str
) -> None:
    answer = sent(shared, method, url, body)
    assert_problem(answer, 422, f"There is no field '{field}' in this request.")
    assert shared.get("/webhooks", headers=OWNER).json() == []


# As JSON: a text that holds half a character would end pytest's workers when a test fails.
@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", "/search", r'{"text": "rain", "model": "\ud800"}'),
        ("POST", "/search", r'{"text": "rain", "\ud800": 1}'),
        ("PATCH", "/roots/1", r'{"name": "changed", "ignore": ["\ud800"]}'),
        ("PATCH", "/roots/1", r'{"name": "changed", "ignore": ["\uDCFF"]}'),
        ("PATCH", "/roots/1", r'{"name": "changed", "marker": "\ud800"}'),
        ("POST", "/roots", r'{"path": "/tmp/\ud800"}'),
        ("POST", "/alerts", r'{"name": "x", "query": {"text": "x"}, "file": "/a\ud800.jsonl"}'),
        ("POST", "/failed/retry", r'{"paths": ["/tmp/\ud800"]}'),
        ("POST", "/index", r'{"paths": ["/tmp/\ud800"]}'),
        ("PUT", "/label-sets/x", r'{"labels": ["\ud800"]}'),
        ("POST", "/collections", r'{"name": "\ud800"}'),
    ],
)
def test_half_a_character_is_refused_everywhere(
    shared: TestClient, method: str, url: str, body: str
) -> None:
    before = shared.get("/roots").json()
    for content in (body.encode(), body.encode().replace(rb"\ud800", b"\xed\xa0\x80")):
        answer = shared.request(method, url, content=content, headers=JSON)
        assert_problem(answer, 422, "not valid Unicode")
    in_utf16 = shared.request(method, url, content=body.encode("utf-16"), headers=JSON)
    assert_problem(in_utf16, 422, "not valid Unicode")
    assert shared.get("/roots").json() == before
    assert shared.get("/alerts").json() == []
    assert shared.get("/index", headers=OWNER).json() == []


def test_a_whole_character_in_two_escapes_is_taken(client: TestClient) -> None:
    escaped = b'{"name": "\\ud83c\\udf27 rain"}'
    answer = client.patch("/roots/1", content=escaped, headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (200, "\U0001f327 rain")


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        ("/alerts", {"name": "x"}, "query: Field required"),
        ("/alerts", {"name": "x", "query": {"text": 5}}, "query.text: Input should be"),
        ("/alerts", {"name": "x", "query": {"parts": [{"type": "text"}]}}, "query.parts.0.text: "),
        ("/roots", {}, "path: Field required"),
        ("/roots", [], "Send the request as a JSON object"),
    ],
)
def test_a_refusal_names_the_field(shared: TestClient, url: str, body: Any, words: str) -> None:
    answer = sent(shared, "POST", url, body)
    assert answer.json()["detail"].startswith(words)
    assert_problem(answer, 422, words)


def test_a_refusal_of_json_in_a_form_names_the_field(shared: TestClient) -> None:
    form = {"alert": '{"name": "x"}'}
    answer = shared.post("/alerts/audio", files={"file": b"x"}, data=form, headers=OWNER)
    assert answer.json()["detail"] == "query: Field required"


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("DELETE", "/search", "GET, POST"),
        ("PUT", "/sounds/{id}", "GET, PATCH"),
        ("POST", "/sounds/{id}/audio", "GET, HEAD"),
        ("PATCH", "/healthz", "GET, HEAD"),
        ("GET", "/metadata/import", "POST"),
    ],
)
def test_a_refused_method_is_told_those_that_there_are(
    shared: TestClient, method: str, url: str, allowed: str
) -> None:
    answer = shared.request(method, url.replace("{id}", "0" * 32))
    assert_problem(answer, 405, "Method Not Allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "url"), [("POST", "/search"), ("POST", "/spaces"), ("PATCH", "/roots/1")]
)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),
        ("9" * 4301, "an integer of more than 4,300 digits"),
    ],
)
def test_json_that_cannot_be_held_is_refused(
    shared: TestClient, method: str, url: str, value: str, words: str
) -> None:
    answer = shared.request(method, url, content=f'{{"limit": {value}}}', headers=JSON)
    assert_problem(answer, 422, words)


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=%ff%fe",
        "/search?q=noise&%ff=1",
        "/search?q=%ed%a0%80",
        "/changes?since=%c3",
        "/label-sets/%ff",
    ],
)
def test_a_url_that_is_no_text_is_refused(shared: TestClient, url: str) -> None:
    assert_problem(shared.get(url), 422, "not valid Unicode")


def test_a_url_may_hold_any_character(shared: TestClient) -> None:
    assert shared.get("/search?q=Ger%C3%A4usch+%F0%9F%8C%A7&limit=1").status_code == 200


@pytest.mark.parametrize("url", ["/stats/", "/search/?q=noise", "/roots/", "/docs/"])
def test_another_address_is_not_redirected_to(shared: TestClient, url: str) -> None:
    answer = shared.get(url, headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert_problem(answer, 404, "/docs lists what there is")
    assert "location" not in answer.headers
