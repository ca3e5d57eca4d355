"""Models and the change between them, over HTTP."""

from fastapi.testclient import TestClient

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


def test_a_model_that_does_not_exist_fails_with_a_sentence(client: TestClient) -> None:
    answer = client.post(SPACES, json={"model": "nonsense"}, headers=AUTH)
    progress = finished(client, answer.json()["run_id"])
    assert progress["state"] == "failed"
    assert "no model 'nonsense'" in progress["message"]
    assert [space["model"] for space in client.get(SPACES).json()] == ["starter-bridge"]


def test_changes_need_the_token(client: TestClient) -> None:
    assert_problem(client.post(SPACES, json={"model": "starter"}), 401, "owner.json")
    assert_problem(client.delete(f"{SPACES}/any"), 401, "owner.json")
    bad = client.post(SPACES, json={"model": "starter", "more": 1}, headers=AUTH)
    assert_problem(bad, 422, "more")
