"""Tags, favourites, notes and collections over HTTP, and who may change them."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from foundsound.library import Library
from search_api.app import create_app
from search_api.edited_words import EditedWords
from tests.conftest import Index
from tests.search_api.conftest import TOKEN

NOBODY = "f" * 32


@pytest.fixture
def client(library: Library, index: Index, sounds: Path) -> Iterator[TestClient]:
    """A client that holds the token, of a server that others reach as well."""
    index(sounds)
    with TestClient(create_app(library, None, TOKEN)) as opened:
        opened.headers["Authorization"] = f"Bearer {TOKEN}"
        yield opened


@pytest.fixture
def ids(client: TestClient) -> dict[str, str]:
    hits = client.get("/search", params={"q": "dur:>0"}).json()["hits"]
    return {Path(hit["path"]).stem: hit["sound_id"] for hit in hits}


def found(client: TestClient, text: str) -> list[str]:
    hits = client.get("/search", params={"q": text}).json()["hits"]
    return sorted(Path(hit["path"]).stem for hit in hits)


def test_one_sound(client: TestClient, ids: dict[str, str]) -> None:
    url = f"/sounds/{ids['noise']}"
    report = client.patch(url, json={"add_tags": ["Wet", "rain"], "note": "cut it"}).json()
    assert report["tags"] == ["rain", "Wet"]
    assert (report["favourite"], report["note"]) == (False, "cut it")
    report = client.patch(url, json={"remove_tags": ["RAIN"], "favourite": True}).json()
    assert (report["tags"], report["favourite"], report["note"]) == (["Wet"], True, "cut it")
    assert client.get(url).json() == report
    assert found(client, "tag:wet") == found(client, "tag:favourite") == ["noise"]
    report = client.patch(url, json={"tags": ["dry", "WET"], "note": ""}).json()
    assert (report["tags"], report["note"]) == (["dry", "Wet"], None)
    report = client.patch(url, json={"remove_tags": ["favorite"], "tags": []}).json()
    assert (report["tags"], report["favourite"]) == ([], False)
    client.patch(url, json={"add_tags": ["Favourite"]})
    assert client.get("/tags").json() == []
    assert found(client, "tag:favourite") == ["noise"]


def test_a_tag_holds_up_other_edits_for_few_statements(
    client: TestClient, ids: dict[str, str]
) -> None:
    """Each is a round trip of PostgreSQL, made while whoever else edits waits."""
    told: list[str] = []

    def tell(_: Any, __: Any, statement: str, *___: Any) -> None:
        told.append(statement.split()[0])

    url, edit = f"/sounds/{ids['noise']}", {"add_tags": ["wet"]}
    client.patch(url, json=edit)
    event.listen(Engine, "before_cursor_execute", tell)
    try:
        client.patch(url, json=edit)
        # Is it there, is the tag, the tag on it, its words are stale; then what is answered.
        assert told[1:5] == ["SELECT", "SELECT", "INSERT", "UPDATE"], told
        told.clear()
        client.get(url)
    finally:
        event.remove(Engine, "before_cursor_execute", tell)
    assert told[0] == "BEGIN"
    assert len(told) <= 1 + 7, told


def test_edits_that_come_together_are_written_together() -> None:
    begun, may_end = threading.Semaphore(0), threading.Event()

    class Slow:
        times = 0

        def refresh_words(self) -> int:
            self.times += 1
            begun.release()
            assert may_end.wait(120)
            return 0

    slow = Slow()
    words = EditedWords(cast(Library, slow))
    threads = [threading.Thread(target=words.refresh) for _ in range(8)]
    threads[0].start()
    assert begun.acquire(timeout=120)
    for thread in threads[1:]:
        thread.start()
    while words.edits < 8:
        time.sleep(0.001)
    may_end.set()
    for thread in threads:
        thread.join(120)
    assert slow.times == 2  # what came after the first had begun needs one more


def test_tags_are_found_as_words(client: TestClient, ids: dict[str, str]) -> None:
    client.patch(f"/sounds/{ids['high']}", json={"add_tags": ["zeppelin"]})
    assert found(client, '"zeppelin"') == ["high"]


def test_several_sounds_are_changed_together_or_not_at_all(
    client: TestClient, ids: dict[str, str]
) -> None:
    both = [ids["noise"], ids["tone"]]
    answer = client.patch("/sounds", json={"ids": both, "add_tags": ["a", "b"], "favourite": True})
    assert answer.json() == {"sounds": 2}
    answer = client.patch("/sounds", json={"ids": [*both, NOBODY], "remove_tags": ["a"]})
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"There is no sound {NOBODY} in this library.",
    )
    bad = {"ids": both, "remove_tags": ["a"], "add_tags": ["x,y"]}
    assert client.patch("/sounds", json=bad).status_code == 422
    assert found(client, "tag:a tag:b") == ["noise", "tone"]
    counts = [{"name": "a", "sounds": 2}, {"name": "b", "sounds": 2}]
    assert client.get("/tags").json() == counts
    client.patch("/sounds", json={"ids": both[:1], "remove_tags": ["A"], "favourite": False})
    assert found(client, "tag:a") == found(client, "tag:favourite") == ["tone"]


def test_collections(client: TestClient, ids: dict[str, str]) -> None:
    made = client.post("/collections", json={"name": "Hits", "ids": [ids["noise"]]})
    assert made.status_code == 201
    url = f"/collections/{made.json()['id']}"

    def names(answer: Any) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [Path(item["path"]).stem for item in answer.json()["items"]]

    both = {"ids": [ids["tone"], ids["high"]]}
    assert names(client.post(f"{url}/items", json=both)) == ["noise", "tone", "high"]
    moved = {"ids": [ids["high"]], "at": 0}
    assert names(client.post(f"{url}/items", json=moved)) == ["high", "noise", "tone"]
    assert found(client, "collection:hits dur:>1") == ["noise", "tone"]
    gone = {"sound_id": [ids["noise"], NOBODY]}
    assert names(client.request("DELETE", f"{url}/items", params=gone)) == ["high", "tone"]
    assert names(client.put(f"{url}/items", json={"ids": [ids["tone"], ids["noise"]]})) == [
        "tone",
        "noise",
    ]
    assert client.patch(url, json={"name": "Best"}).json()["name"] == "Best"
    (listed,) = client.get("/collections").json()
    assert (listed["name"], listed["sounds"]) == ("Best", 2)
    holding = client.get(f"/sounds/{ids['tone']}").json()["collections"]
    assert holding == [{"id": listed["id"], "name": "Best"}]
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    assert client.get("/collections").json() == []


def test_a_sound_that_is_gone_keeps_its_place(
    client: TestClient, ids: dict[str, str], sounds: Path, index: Index
) -> None:
    wanted = {"name": "Hits", "ids": [ids["noise"], ids["tone"]]}
    url = f"/collections/{client.post('/collections', json=wanted).json()['id']}"
    (sounds / "noise.wav").unlink()
    index(sounds)
    report = client.get(url).json()
    assert report["sounds"] == 1
    assert [item["sound_id"] for item in report["items"]] == wanted["ids"]
    assert report["items"][0]["path"] is None
    again = {"ids": [ids["tone"], ids["noise"]]}
    assert client.put(f"{url}/items", json=again).status_code == 200


WRITES: list[tuple[str, str, Any]] = [
    ("PATCH", "/sounds/{id}", {"favourite": True}),
    ("PATCH", "/sounds", {"ids": ["{id}"], "favourite": True}),
    ("POST", "/collections", {"name": "x"}),
    ("PATCH", "/collections/1", {"name": "y"}),
    ("POST", "/collections/1/items", {"ids": []}),
    ("PUT", "/collections/1/items", {"ids": []}),
    ("DELETE", "/collections/1/items?sound_id=x", None),
    ("DELETE", "/collections/1", None),
]


def test_who_may_write(library: Library, client: TestClient, ids: dict[str, str]) -> None:
    client.post("/collections", json={"name": "Hits"})
    here = "http://127.0.0.1:8765"
    wrong = {"Authorization": "Bearer wrong"}
    with TestClient(create_app(library, None, TOKEN, local_only=True), here) as local:
        for method, path, body in WRITES:
            url = path.replace("{id}", ids["noise"])
            sent = json.loads(json.dumps(body).replace("{id}", ids["noise"]))

            def status(server: TestClient, **headers: str) -> int:
                answer = server.request(method, url, json=sent, headers=headers)  # noqa: B023
                return answer.status_code

            # Over the network: with the token alone.
            assert status(client, Authorization="") == status(client, **wrong) == 401
            # On this machine: everyone, but no other site's page in a browser; and no wrong token.
            assert status(local, Origin="http://evil.example") == 403
            assert status(local, Origin="null") == 403
            assert status(local, **wrong) == 401
            assert status(local, Origin=here) in (200, 201, 204)


ODD: list[tuple[str, Any]] = [
    ("/sounds/{id}", {"tags": ["a" * 101]}),
    ("/sounds/{id}", {"note": "a\0b"}),
    ("/sounds/{id}", {"note": "\ud800"}),
    ("/sounds/{id}", {"add_tags": ["\ud800"]}),
    ("/sounds/{id}", {"favourite": "maybe"}),
    ("/sounds/{id}", {"tag": "x"}),
    ("/sounds", {"ids": ["a\0"], "favourite": True}),
    ("/sounds", {"favourite": True}),
    ("/collections/0", {"name": "x"}),
    ("/collections/1", {"name": " "}),
    ("/collections/1", {"name": "a\0"}),
    (f"/collections/{2**63}", {"name": "x"}),
]


def test_odd_edits_are_refused(client: TestClient, ids: dict[str, str]) -> None:
    client.post("/collections", json={"name": "Hits"})
    headers = {"content-type": "application/json"}
    for path, body in ODD:
        url = path.replace("{id}", ids["noise"])
        answer = client.request("PATCH", url, content=json.dumps(body), headers=headers)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
