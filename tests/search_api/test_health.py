import threading
import time
from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient

from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError
from foundsound.library import Library
from search_api.app import create_app
from tests.search_api.test_search import assert_problem

PARTS = ("model", "catalogue", "vectors")


def test_ready_only_once_the_text_encoder_is_loaded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, real = threading.Event(), library.embedder.embed_text

    def slow(texts: Sequence[str]) -> Floats:
        loaded.wait(120)
        return real(texts)

    monkeypatch.setattr(library.embedder, "embed_text", slow)
    with TestClient(create_app(library)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert_problem(client.get("/readyz"), 503, "still loading")
        parts = client.get("/readyz").json()["parts"]
        assert [name for name in PARTS if parts[name] != "ok"] == ["model"]
        loaded.set()
        client.post("/search", json={"text": "rain"})
        for _ in range(3000):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.02)
        told = client.get("/readyz").json()
        assert told == {"status": "ok", "parts": dict.fromkeys(PARTS, "ok")}


def test_a_model_that_cannot_load_says_why(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Sequence[str]) -> Floats:
        raise ModelError("The weights are missing.")

    monkeypatch.setattr(library.embedder, "embed_text", broken)
    with TestClient(create_app(library)) as client:
        assert_problem(client.post("/search", json={"text": "rain"}), 503, "weights are missing")
        assert_problem(client.get("/readyz"), 503, "weights are missing")


def test_a_bug_is_a_problem_without_a_traceback(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Sequence[str]) -> Floats:
        raise RuntimeError("secret detail")

    app = create_app(library)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.get("/healthz")
        monkeypatch.setattr(library.embedder, "embed_text", broken)
        answer = client.post("/search", json={"text": "rain"})
        assert_problem(answer, 500, "its log says why")
        assert "secret" not in answer.text


def test_monitors_may_ask_for_the_head_alone(shared: TestClient) -> None:
    for url in ("/healthz", "/readyz"):
        head, whole = shared.head(url), shared.get(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert list(shared.get("/openapi.json").json()["paths"][url]) == ["get"]
