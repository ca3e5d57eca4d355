"""Every request has an id, in its answer and in its log lines."""

import logging

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from search_api.app import create_app


def test_an_id_comes_back_and_a_strange_one_does_not(client: TestClient) -> None:
    assert client.get("/stats", headers={"X-Request-ID": "mine-1"}).headers["X-Request-ID"] == (
        "mine-1"
    )
    made = {client.get("/stats").headers["X-Request-ID"] for _ in range(3)}
    assert len(made) == 3
    for strange in ("a b", "x" * 65, "<script>"):
        got = client.get("/stats", headers={"X-Request-ID": strange}).headers["X-Request-ID"]
        assert got not in ("", strange)
    assert client.get("/nowhere").headers["X-Request-ID"]


def test_a_request_is_a_line_without_what_was_asked(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "search_api.request_log")
    client.get("/search", params={"q": "private words"})
    client.get("/healthz")
    client.get("/sounds/%0aforged")
    told = [record.__dict__ for record in caplog.records if record.message == "request"]
    assert [(each["method"], each["path"].lower(), each["status"]) for each in told] == [
        ("GET", "/search", 200),
        ("GET", "/sounds/%0aforged", 404),
    ]
    assert all(each["ms"] > 0 and each["client"] for each in told)
    assert "private" not in caplog.text


def test_the_answer_to_a_bug_leads_to_its_traceback(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a bug")

    with TestClient(create_app(library)) as client:
        monkeypatch.setattr(library.embedder, "embed_text", broken)
        answer = client.post("/search", json={"text": "rain"}, headers={"X-Request-ID": "r-7"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "r-7")
    assert answer.headers["Content-Type"] == "application/problem+json"
    (record,) = [each for each in caplog.records if each.message == "the request failed"]
    assert record.exc_info is not None
    assert "a bug" in str(record.exc_info[1])
