import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from ingest import decoder_process
from search_api.app import create_app
from tests.process import HELD
from tests.search_api.conftest import TOKEN
from tests.search_api.test_search import assert_problem
from tests.signals import tone, write

AUTH = {"authorization": f"Bearer {TOKEN}"}


def finished(client: TestClient, run_id: str) -> dict[str, Any]:
    for _ in range(3000):
        progress: dict[str, Any] = client.get(f"/index/{run_id}", headers=AUTH).json()
        if progress["state"] in ("done", "stopped", "failed"):
            return progress
        time.sleep(0.02)
    raise AssertionError("the run did not end")


def test_a_run_is_started_and_followed(client: TestClient, tmp_path: Path) -> None:
    write(tmp_path / "more" / "low.wav", tone(1.0, 120.0))
    answer = client.post("/index", json={"paths": [str(tmp_path / "more")]}, headers=AUTH)
    assert answer.status_code == 202
    progress = finished(client, answer.json()["run_id"])
    assert (progress["state"], progress["embedded"], progress["files_done"]) == ("done", 1, 1)
    assert client.get("/stats").json()["sounds"] == 4


def test_a_run_that_fails_says_why(client: TestClient) -> None:
    answer = client.post("/index", json={"paths": ["/no/such/folder"]}, headers=AUTH)
    progress = finished(client, answer.json()["run_id"])
    assert progress["state"] == "failed"
    assert "no file or folder /no/such/folder" in progress["message"]


def test_a_run_can_be_stopped(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_process, "COMMAND", HELD)  # it cannot come to its end
    for name, hz in (("1", 100.0), ("2", 200.0), ("held", 300.0)):
        write(tmp_path / "many" / f"{name}.wav", tone(8.0, hz))
    body = {"paths": [str(tmp_path / "many")]}
    run_id = client.post("/index", json=body, headers=AUTH).json()["run_id"]
    (told,) = client.get("/index", headers=AUTH).json()
    assert (told["run_id"], told["kind"], told["worker"]) == (run_id, "index", None)
    assert client.delete(f"/index/{run_id}", headers=AUTH).status_code == 204
    progress = finished(client, run_id)
    assert client.get("/index", headers=AUTH).json() == []
    assert progress["state"] == "stopped"
    assert progress["embedded"] < 3


def test_only_who_can_read_the_library_may_index(client: TestClient, sounds: Path) -> None:
    body = {"paths": [str(sounds)]}
    assert_problem(client.post("/index", json=body), 401, "owner.json")
    assert_problem(client.get("/index"), 401, "owner.json")
    wrong = {"authorization": "Bearer guess"}
    assert_problem(client.post("/index", json=body, headers=wrong), 401, "owner.json")


def test_bad_requests_are_problems(client: TestClient) -> None:
    assert_problem(client.post("/index", json={"paths": []}, headers=AUTH), 422, "paths")
    relative = client.post("/index", json={"paths": ["sounds"]}, headers=AUTH)
    assert_problem(relative, 422, "not absolute")
    for unknown in ("run-99", "queued-99", "queued-x"):
        answer = client.get(f"/index/{unknown}", headers=AUTH)
        assert_problem(answer, 404, f"no index run {unknown}")
        assert client.delete(f"/index/{unknown}", headers=AUTH).status_code == 404


def test_a_process_that_only_indexes_refuses_more(library: Library, sounds: Path) -> None:
    with TestClient(create_app(library, runs=None, token=TOKEN)) as client:
        answer = client.post("/index", json={"paths": [str(sounds)]}, headers=AUTH)
        assert_problem(answer, 409, "wait until it has finished")
