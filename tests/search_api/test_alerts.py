"""Alerts over HTTP: who may make them, what they show, what they refuse."""

import json
import time
from pathlib import Path

from fastapi.testclient import TestClient

from foundsound.alerts.service import Alerting
from foundsound.library import Library
from tests.conftest import Index
from tests.search_api.conftest import TOKEN
from tests.search_api.test_openapi import body_examples
from tests.signals import tone, write

OWNER = {"Authorization": f"Bearer {TOKEN}"}
HOOK = "https://example.com/hook?token=hidden"


def test_making_changing_and_deleting(client: TestClient) -> None:
    wanted = {"name": "Beeps", "query": {"text": "a beep"}, "webhook_url": HOOK}
    assert client.post("/alerts", json=wanted).status_code == 401
    made = client.post("/alerts", json=wanted, headers=OWNER)
    assert made.status_code == 201
    assert made.json()["webhook_secret"].startswith("whsec_")
    url = f"/alerts/{made.json()['id']}"
    report = client.get(url).json()
    assert client.get("/alerts").json() == [report]
    assert (report["webhook"], report["threshold"]) == ("https://example.com/…", None)
    assert "hidden" not in json.dumps(report)
    assert "secret" not in json.dumps(report)
    assert client.patch(url, json={"paused": True}).status_code == 401
    changed = client.patch(url, json={"threshold": 5, "webhook_url": ""}, headers=OWNER).json()
    assert (changed["threshold"], changed["webhook"]) == (5.0, None)
    assert client.post(f"{url}/test", headers=OWNER).json() == []
    assert client.delete(url).status_code == 401
    assert client.delete(url, headers=OWNER).status_code == 204
    assert client.get(url).status_code == 404
    assert client.get("/alerts").json() == []


def test_a_clip_is_kept_and_found_again(
    client: TestClient, library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    alert = json.dumps({"name": "Like it", "query": {}})
    with (sounds / "tone.flac").open("rb") as file:
        made = client.post(
            "/alerts/audio", files={"file": file}, data={"alert": alert}, headers=OWNER
        )
    assert (made.status_code, made.json()["clips"]) == (201, ["tone.flac"])
    write(sounds / "like it.wav", tone(1.4, hz=441.0))
    index(sounds)
    alerting = Alerting(library.catalog, library.settings, library)
    alerting.start()
    try:
        for _ in range(2400):
            if found := client.get("/alerts/feed").json():
                break
            time.sleep(0.05)
    finally:
        alerting.close()
    assert [Path(item["path"]).name for item in found] == ["like it.wav"]
    assert found[0]["strength"] > 0
    newest = found[0]["id"]
    assert client.get("/alerts/feed", params={"after": newest}).json() == []
    assert client.get("/alerts/feed", params={"before": newest}).json() == []
    assert client.get("/alerts/feed", params={"after": newest - 1}).json() == found
    assert client.get("/alerts/feed", params={"alert_id": found[0]["alert_id"]}).json() == found


def test_bad_requests_store_nothing(client: TestClient) -> None:
    bad = [
        {"name": "x", "query": {"text": ""}},
        {"name": "x", "query": {"text": "rain"}, "threshold": 1e9},
        {"name": "x", "query": {"text": "rain", "limit": 5}},
        {"name": "", "query": {"text": "rain"}},
        {"name": "x", "query": {"text": "rain"}, "webhook_url": "http://127.0.0.1/"},
    ]
    for wanted in bad:
        answer = client.post("/alerts", json=wanted, headers=OWNER)
        assert (answer.status_code, answer.headers["content-type"]) == (
            422,
            "application/problem+json",
        ), wanted
    for data in ({"alert": "no json"}, {"alert": '{"name": "x"}'}):
        files = {"file": ("x.wav", b"no audio")}
        answer = client.post("/alerts/audio", files=files, data=data, headers=OWNER)
        assert answer.status_code == 422
    assert client.get("/alerts").json() == []


def test_every_example_works(client: TestClient) -> None:
    for example in body_examples(client, "/alerts", "post"):
        made = client.post("/alerts", json=example, headers=OWNER)
        assert made.status_code == 201, made.text
        url = f"/alerts/{made.json()['id']}"
        for change in body_examples(client, "/alerts/{alert_id}", "patch"):
            assert client.patch(url, json=change, headers=OWNER).status_code == 200
