"""Models and the change between them, over HTTP."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.search_api.conftest import TOKEN
from tests.search_api.test_index import AUTH, finished
from tests.search_api.test_search import assert_problem

SPACES = "/spaces"


def test_the_model_is_changed_and_followed(client: TestClient) -> None:
    (before,) = client.get(SPACES).json()
    assert (before["model"], before["active"]) == ("starter-bridge", True)
    assert (before["sounds"], before["lacking"]) == (3, 0)
    answer = client.post(SPACES, json={"model": "starter", "keep": True}, headers=AUTH)
    assert answer.status_code == 202
    progress = finished(client, answer.json()["run_id"])
    assert (progress["state"], progress["embedded"], progress["files_total"]) == ("done", 3, 3)

    old, new = client.get(SPACES).json()
    assert (old["model"], old["active"]) == ("starter-bridge", False)
    assert (new["model"], new["active"], new["sounds"]) == ("starter", True, 3)
    assert client.get("/stats").json()["space"] == new["key"]
    found = client.post(
        "/search", json={"text": "noise", "model": "starter", "show_weak": True}
    ).json()
    assert (found["model"], len(found["hits"])) == ("starter", 3)
    assert client.post("/search", json={"text": "noise", "model": "auto"}).status_code == 200

    assert client.delete(f"{SPACES}/{old['key']}", headers=AUTH).status_code == 204
    assert [space["model"] for space in client.get(SPACES).json()] == ["starter"]
    assert_problem(client.delete(f"{SPACES}/{old['key']}", headers=AUTH), 404, "no space")
    assert_problem(client.delete(f"{SPACES}/{new['key']}", headers=AUTH), 422, "cannot be dropped")


def refused(client: TestClient, model: str, status: int, words: str) -> None:
    assert_problem(client.post(SPACES, json={"model": model}, headers=AUTH), status, words)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nonsense", "no model 'nonsense'. Known models: starter,"),
        ("auto", "no model 'auto'"),
        ("laion/clap-nonsense", "does not know the CLAP checkpoint laion/clap-nonsense"),
        ("laion/larger_clap_music", "cannot be searched with words"),
        ("/no/such/folder", "no model '/no/such/folder'"),
        ("~nobody-here/clap", "no model '~nobody-here/clap'"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_a_model_that_does_not_exist_is_refused(shared: TestClient, model: str, words: str) -> None:
    refused(shared, model, 422, words)
    assert shared.get("/index", headers=AUTH).json() == []
    assert [space["model"] for space in shared.get(SPACES).json()] == ["starter-bridge"]


def test_a_folder_that_is_no_model_is_refused(client: TestClient, sounds: Path) -> None:
    refused(client, str(sounds), 422, "is no CLAP model in Hugging Face format")


def by_workers(library: Library, monkeypatch: pytest.MonkeyPatch, model: str) -> TestClient:
    """A client of a server that leaves the work to others."""
    monkeypatch.setattr(library, "shared", True)
    monkeypatch.setattr(library, "settings", library.settings.model_copy(update={"model": model}))
    return TestClient(create_app(library, BackgroundRuns(library, elsewhere=True), TOKEN))


def test_a_folder_may_be_the_workers_alone(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = by_workers(library, monkeypatch, "auto")
    for model in ("/no/such/folder", "heads/own.npz", "own.pt", "~nobody-here/clap", "starter"):
        answer = client.post(SPACES, json={"model": model}, headers=AUTH)
        assert answer.status_code == 202, (model, answer.text)
    refused(client, "nonsense", 422, "no model 'nonsense'")
    refused(client, "laion/clap-nonsense", 422, "does not know the CLAP checkpoint")
    assert len(client.get("/index", headers=AUTH).json()) == 5


def test_who_is_told_a_model_queues_no_change_of_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = by_workers(library, monkeypatch, "starter-bridge")
    for model in ("starter", "starter-bridge"):
        refused(client, model, 409, "FOUNDSOUND_MODEL (or --model) names 'starter-bridge'")
    assert client.get("/index", headers=AUTH).json() == []


def test_changes_need_the_token(client: TestClient) -> None:
    assert_problem(client.post(SPACES, json={"model": "starter"}), 401, "owner.json")
    assert_problem(client.delete(f"{SPACES}/any"), 401, "owner.json")
    bad = client.post(SPACES, json={"model": "starter", "more": 1}, headers=AUTH)
    assert_problem(bad, 422, "more")
