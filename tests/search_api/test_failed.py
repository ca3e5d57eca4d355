"""Files that could not be used, over HTTP."""

from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import select

from foundsound.catalog.models import Location, Work
from foundsound.library import Library
from tests.conftest import Index
from tests.search_api.conftest import TOKEN
from tests.search_api.test_search import assert_problem

AUTH = {"authorization": f"Bearer {TOKEN}"}


def test_files_are_told_in_pages_and_retried(
    client: TestClient, library: Library, index: Index, sounds: Path
) -> None:
    assert client.get("/failed").json() == {
        "files": [],
        "quarantined": 0,
        "waiting": 0,
        "before": None,
    }
    for k in range(3):
        (sounds / f"bad{k}.wav").write_text(f"no sound {k}")
    index(sounds)
    page = client.get("/failed", params={"limit": 2}).json()
    rest = client.get("/failed", params={"limit": 2, "before": page["before"]}).json()
    told = {Path(file["path"]).name for file in (*page["files"], *rest["files"])}
    assert told == {"bad0.wav", "bad1.wav", "bad2.wav"}
    assert (page["quarantined"], rest["before"]) == (3, None)
    assert all("not audio" in file["reason"] for file in page["files"])

    body = {"paths": [str(sounds / "bad1.wav")]}
    assert client.post("/failed/retry", json=body, headers=AUTH).json() == {"files": 1}
    with library.catalog.read() as session:
        pending = select(Location.path).where(Location.work == Work.PENDING)
        assert session.scalars(pending).all() == ["bad1.wav"]
    assert client.post("/failed/retry", json={"all": True}, headers=AUTH).json() == {"files": 2}
    assert client.get("/stats").json()["failed"] == 0


def test_bad_requests_are_problems(client: TestClient) -> None:
    def post(body: dict[str, object], headers: dict[str, str] = AUTH) -> object:
        return client.post("/failed/retry", json=body, headers=headers)

    assert_problem(post({"all": True}, {}), 401, "owner.json")
    assert_problem(post({}), 422, "name paths, or all")
    assert_problem(post({"all": True, "paths": ["/a"]}), 422, "name paths, or all")
    assert_problem(post({"paths": ["here"]}), 422, "'here' is not absolute")
    assert_problem(post({"paths": ["/elsewhere"]}), 422, "has no files at /elsewhere")
    assert_problem(client.get("/failed", params={"limit": 0}), 422, "limit")


def test_files_are_told_and_taken_by_the_clients_paths(
    client: TestClient, index: Index, sounds: Path
) -> None:
    (sounds / "sub" / "bad.wav").write_text("no sound")
    index(sounds)
    client_has = AUTH | {"Foundsound-Path-Map": f"{sounds}=Z:\\SFX"}
    (file,) = client.get("/failed", headers=client_has).json()["files"]
    assert file["path"] == "Z:\\SFX\\sub\\bad.wav"
    for path in (file["path"], str(sounds / "sub")):  # the library's own are taken as well
        answer = client.post("/failed/retry", json={"paths": [path]}, headers=client_has)
        assert answer.status_code == 200, answer.text
    answer = client.post("/failed/retry", json={"paths": ["Z:\\no"]}, headers=client_has)
    assert_problem(answer, 422, "not absolute")
