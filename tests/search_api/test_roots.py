from pathlib import Path

from fastapi.testclient import TestClient

from tests.search_api.test_index import AUTH, finished
from tests.search_api.test_search import assert_problem
from tests.signals import tone, write


def test_a_root_is_added_changed_and_removed(client: TestClient, tmp_path: Path) -> None:
    write(tmp_path / "more" / "low.wav", tone(1.0, 120.0))
    body = {"path": str(tmp_path / "more"), "name": "low ones", "ignore": ["*.bak"]}
    answer = client.post("/roots", json=body, headers=AUTH)
    assert answer.status_code == 201
    root = answer.json()
    assert (root["name"], root["state"], root["watched"]) == ("low ones", "online", True)
    assert (root["mode"], root["ignore"], root["files"]) == ("auto", ["*.bak"], 0)
    assert root["watched_by"] in ("native", "polling")
    assert root in client.get("/roots").json()

    url = f"/roots/{root['id']}"
    changed = client.patch(url, json={"paused": True, "interval_s": 5}, headers=AUTH).json()
    assert (changed["state"], changed["interval_s"], changed["name"]) == ("paused", 5, "low ones")
    assert client.patch(url, json={"interval_s": 0}, headers=AUTH).json()["interval_s"] is None
    assert client.delete(url, headers=AUTH).status_code == 204
    assert root["id"] not in [other["id"] for other in client.get("/roots").json()]
    assert_problem(client.delete(url, headers=AUTH), 404, "no root")


def test_what_was_indexed_by_hand_is_a_root_that_nobody_watches(
    client: TestClient, sounds: Path
) -> None:
    (root,) = client.get("/roots").json()
    assert (root["path"], root["watched"], root["files"]) == (str(sounds), False, 3)
    assert client.post("/roots", json={"path": str(sounds)}, headers=AUTH).json()["watched"]


def test_a_removed_root_takes_its_sounds_with_it(client: TestClient) -> None:
    (root,) = client.get("/roots").json()
    assert len(client.get("/search", params={"q": "dur:>0"}).json()["hits"]) == 3
    client.delete(f"/roots/{root['id']}", headers=AUTH)
    assert client.get("/search", params={"q": "dur:>0"}).json()["hits"] == []


def test_writing_needs_the_token(client: TestClient, tmp_path: Path) -> None:
    assert_problem(client.post("/roots", json={"path": str(tmp_path)}), 401, "owner.json")
    assert_problem(client.patch("/roots/1", json={}), 401, "owner.json")
    assert_problem(client.delete("/roots/1"), 401, "owner.json")


def test_bad_roots_are_problems(client: TestClient, sounds: Path, tmp_path: Path) -> None:
    def add(**body: object) -> None:
        given = {"path": str(tmp_path / "library")} | body
        answers.append(client.post("/roots", json=given, headers=AUTH))

    answers: list[object] = []
    add(path="sounds")
    add(path="/no/such/folder")
    add(path=str(sounds / "sub"))
    add(ignore=["!"])
    add(ignore=["a\nb"])
    add(interval_s=0.5)
    add(marker="../outside")
    add(marker="not there")
    add(mode="magic")
    add(name="sounds")
    add(colour="red")
    add(interval_s=1e300)
    add(name="\0")
    add(ignore=["a\0"])
    for answer, words in zip(
        answers,
        [
            "not absolute",
            "no folder /no/such/folder",
            "lies in the root",
            "no ignore pattern",
            "one line",
            "at least 1 second",
            "does not lie below",
            "There is no",
            "mode",
            "called 'sounds' already",
            "no field 'colour'",
            "interval_s: Input should be less than",
            "name: String should match",
            "ignore.0: String should match",
        ],
        strict=True,
    ):
        assert_problem(answer, 422, words)
    assert len(client.get("/roots").json()) == 1  # nothing half-made
    assert_problem(client.patch("/roots/99", json={}, headers=AUTH), 404, "no root 99")
    headers = AUTH | {"content-type": "application/json"}
    endless = client.patch("/roots/1", content=b'{"interval_s": Infinity}', headers=headers)
    assert_problem(endless, 422, "finite number")


def test_a_loss_is_accepted_only_where_the_folder_is(client: TestClient, sounds: Path) -> None:
    (root,) = client.get("/roots").json()
    url = f"/roots/{root['id']}"
    loss = {"accept_loss": True, "name": "not this"}
    moved = sounds.rename(sounds.with_name("moved"))
    assert_problem(client.patch(url, json=loss, headers=AUTH), 422, f"no folder {sounds}")
    sounds.mkdir()  # an empty mount point: nothing lies in wait for it
    run = client.post("/index", json={"paths": [str(sounds)]}, headers=AUTH).json()
    finished(client, run["run_id"])
    (held,) = client.get("/roots").json()
    assert (held["state"], held["files"], held["name"]) == ("offline", 3, root["name"])
    assert client.patch(url, json={"accept_loss": True}, headers=AUTH).status_code == 200

    sounds.rmdir()
    (moved.rename(sounds) / "here.txt").touch()
    assert client.patch(url, json={"marker": "here.txt"}, headers=AUTH).status_code == 200
    (sounds / "here.txt").unlink()
    assert_problem(
        client.patch(url, json={"accept_loss": True}, headers=AUTH), 422, "marker here.txt"
    )
    both = client.patch(url, json={"accept_loss": True, "marker": ""}, headers=AUTH)
    assert both.status_code == 200


def test_roots_are_told_and_taken_by_the_clients_paths(
    client: TestClient, sounds: Path, tmp_path: Path
) -> None:
    client_has = AUTH | {"Foundsound-Path-Map": f"{tmp_path}=Z:\\Ton"}
    shown = "Z:\\Ton\\" + str(sounds.relative_to(tmp_path)).replace("/", "\\")
    (root,) = client.get("/roots", headers=client_has).json()
    assert root["path"] == shown
    assert client.get("/stats", headers=client_has).json()["roots"] == [shown]
    assert client.get("/stats").json()["roots"] == [str(sounds)]

    watched = client.post("/roots", json={"path": root["path"]}, headers=client_has).json()
    assert (watched["id"], watched["path"], watched["watched"]) == (root["id"], shown, True)
    run = client.post("/index", json={"paths": [root["path"]]}, headers=client_has).json()
    progress = finished(client, run["run_id"])
    assert (progress["state"], progress["unchanged"]) == ("done", 3)
    (root,) = client.get("/roots").json()
    assert root["path"] == str(sounds)
