"""Webhooks of changes over HTTP."""

from fastapi.testclient import TestClient

OWNER = {"Authorization": "Bearer test-token"}


def test_they_are_added_listed_tried_and_removed(client: TestClient) -> None:
    assert client.post("/webhooks", json={"url": "https://x.example"}).status_code == 401
    made = client.post("/webhooks", json={"url": "https://x.example/hook"}, headers=OWNER)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    (listed,) = client.get("/webhooks", headers=OWNER).json()
    assert listed["url"] == "https://x.example/hook"
    assert "secret" not in listed
    private = client.post("/webhooks", json={"url": "http://127.0.0.1/"}, headers=OWNER)
    assert private.status_code == 422
    assert "FOUNDSOUND_WEBHOOK_ALLOW" in private.json()["detail"]
    path = f"/webhooks/{listed['id']}"
    tried = client.post(f"{path}/test", headers=OWNER).json()
    assert (tried["delivered"], "cannot be reached" in tried["problem"]) == (False, True)
    assert client.delete(path, headers=OWNER).status_code == 204
    assert client.delete(path, headers=OWNER).status_code == 404
    assert client.post(f"{path}/test", headers=OWNER).status_code == 404
