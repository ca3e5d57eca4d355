"""``GET /changes`` after real index runs."""

import os
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from foundsound.library import Library
from tests.conftest import Index
from tests.databases import both_databases
from tests.signals import noise, write

TOKEN_HEADER = {"Authorization": "Bearer test-token"}


def page(client: TestClient, **asked: Any) -> Any:
    answer = client.get("/changes", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@both_databases
def test_an_asset_manager_follows_the_library(
    client: TestClient, library: Library, index: Index, sounds: Path
) -> None:
    everything = page(client)
    assert [item["kind"] for item in everything["changes"]] == ["created"] * 3
    assert sorted(item["paths"] for item in everything["changes"]) == sorted(
        [str(path)] for path in sounds.rglob("*.*")
    )
    at = everything["cursor"]
    assert page(client, since="now") == {"changes": [], "cursor": at, "more": False}
    (sounds / "noise.wav").rename(sounds / "hiss.wav")
    (sounds / "tone.flac").unlink()
    write(sounds / "new.wav", noise(1.0, seed=8))
    index(sounds)
    now = page(client, since=at, map=f"{sounds}=/Volumes/SFX")
    told = {(item["kind"], item["was"], *item["paths"]) for item in now["changes"]}
    assert told == {
        ("moved", "/Volumes/SFX/noise.wav", "/Volumes/SFX/hiss.wav"),
        ("deleted", "/Volumes/SFX/tone.flac"),
        ("created", None, "/Volumes/SFX/new.wav"),
    }
    sound = now["changes"][0]["sound_id"]
    client.patch(f"/sounds/{sound}", json={"add_tags": ["wet"]}, headers=TOKEN_HEADER)
    tagged = page(client, since=now["cursor"])
    assert [item["kind"] for item in tagged["changes"]] == ["tagged"]
    for number, path in enumerate(sounds.rglob("*.*")):
        os.utime(path, ns=(1, 1 + number))  # as of a library that was copied or restored
    index(sounds)
    assert page(client, since=tagged["cursor"])["changes"] == []
    (sounds / "hiss.wav").rename(sounds / "other.wav")
    (sounds / "new.wav").rename(sounds / "hiss.wav")
    (sounds / "other.wav").rename(sounds / "new.wav")
    index(sounds)
    swapped = page(client, since=tagged["cursor"])["changes"]
    assert {tuple(item["paths"]) for item in swapped} == {
        (str(sounds / "hiss.wav"),),
        (str(sounds / "new.wav"),),
    }


def test_a_cursor_that_is_none_or_too_old(client: TestClient) -> None:
    wrong = client.get("/changes", params={"since": "yesterday"})
    assert (wrong.status_code, wrong.json()["title"]) == (422, "Unprocessable Entity")
    old = client.get("/changes", params={"since": "00000000-7"})
    assert old.status_code == 410
    assert "since=now" in old.json()["detail"]
    assert client.get("/changes", params={"limit": 1001}).status_code == 422


def test_a_cursor_has_the_digits_that_it_was_given_with(client: TestClient) -> None:
    uid, _, _ = page(client, since="now")["cursor"].partition("-")
    assert page(client, since=f"{uid}-3")["changes"] == []
    in_arabic = client.get("/changes", params={"since": f"{uid}-\N{ARABIC-INDIC DIGIT THREE}"})
    assert in_arabic.status_code == 422
    assert "is no cursor" in in_arabic.json()["detail"]
