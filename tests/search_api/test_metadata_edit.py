"""``PATCH /metadata``: many sounds at once, each with its own edit and its own answer."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from foundsound.catalog.identity import content_id
from search_api.body_limit import EDIT_BYTES
from tests.databases import both_databases

OWNER = {"Authorization": "Bearer test-token"}


def change(client: TestClient, *sounds: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.patch("/metadata", json={"sounds": list(sounds)}, headers=OWNER)
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()
    return told


@both_databases
def test_each_sound_has_its_own_edit_and_answer(client: TestClient, sounds: Path) -> None:
    noise = content_id(bytes(sounds / "noise.wav"), 2**30)
    tone = content_id(bytes(sounds / "tone.flac"), 2**30)
    said = {"description": "Steam from a valve", "keywords": ["hiss", "pipe"], "cat_id": "doorwood"}
    results = change(
        client,
        {"sound_id": noise, "metadata": said, "add_tags": ["wet"], "favourite": True},
        {"sound_id": "0" * 32, "add_tags": ["wet"]},
        {"sound_id": tone, "metadata": {"cat_id": "NOWHERE"}, "note": "undone with it"},
        {"sound_id": tone, "metadata": {"title": "A plain tone", "bpm": 90}},
    )
    assert [each["changed"] for each in results] == [True, False, False, True]
    assert "no sound" in results[1]["error"]
    assert "no CatID 'NOWHERE'" in results[2]["error"]
    told = client.get(f"/sounds/{noise}").json()
    assert (told["tags"], told["favourite"]) == (["wet"], True)
    kept = told["metadata"]
    assert (kept["description"], kept["cat_id"]) == ("Steam from a valve", "DOORWood")
    assert (kept["category"], kept["keywords"]) == ("DOORS", ["hiss", "pipe"])
    other = client.get(f"/sounds/{tone}").json()
    assert (other["note"], other["metadata"]["title"]) == (None, "A plain tone")
    found = client.get("/search", params={"q": "steam valve", "mode": "lexical"}).json()
    assert [hit["sound_id"] for hit in found["hits"]] == [noise]


def test_null_gives_the_files_own_word_back(client: TestClient, sounds: Path) -> None:
    noise = content_id(bytes(sounds / "noise.wav"), 2**30)
    change(client, {"sound_id": noise, "metadata": {"description": "Steam", "title": "Valve"}})
    change(client, {"sound_id": noise, "metadata": {"description": None}})
    kept = client.get(f"/sounds/{noise}").json()["metadata"]
    assert (kept["description"], kept["title"]) == (None, "Valve")


def test_what_is_no_edit_is_refused_as_a_whole(client: TestClient) -> None:
    for wrong in (
        {"sounds": [{"sound_id": "0" * 32, "metadata": {"loudness": 3}}]},
        {"sounds": [{"add_tags": ["wet"]}]},
        {"sounds": [{"sound_id": "0" * 32}] * 1001},
    ):
        assert client.patch("/metadata", json=wrong, headers=OWNER).status_code == 422
    assert client.patch("/metadata", json={"sounds": []}).status_code == 401


def test_a_thousand_edits_with_much_text_fit_into_one_request(
    client: TestClient, sounds: Path
) -> None:
    noise = content_id(bytes(sounds / "noise.wav"), 2**30)
    said = {"description": "rain " * 400, "comment": "x" * 2000}
    edits = [{"sound_id": f"{number:032x}", "metadata": said} for number in range(999)]
    results = change(client, *edits, {"sound_id": noise, "metadata": said})
    assert [each["changed"] for each in results] == [False] * 999 + [True]


def test_what_is_larger_than_any_edit_is_refused(client: TestClient) -> None:
    answer = client.patch("/metadata", content=b" " * (EDIT_BYTES + 1), headers=OWNER)
    assert (answer.status_code, "limit of 8 MiB" in answer.text) == (413, True)


def test_of_many_wrong_fields_one_is_told(client: TestClient) -> None:
    """A kilobyte for each of a large body's would fill the memory."""
    wrong = {f"wrong{number}": number for number in range(1000)}
    for body in (
        {"sounds": [], **wrong},
        {"sounds": [{"sound_id": "0" * 32, **wrong}] * 300},
        {"sounds": [{"sound_id": "0" * 32, "metadata": wrong}] * 300},
    ):
        answer = client.patch("/metadata", json=body, headers=OWNER)
        assert answer.status_code == 422
        assert "wrong0" in answer.json()["detail"]
        assert len(answer.json()["detail"]) < 200
