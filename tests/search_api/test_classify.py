"""Classification, label sets and enrolled sounds over HTTP, on sounds that a model tells apart."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from fastapi.testclient import TestClient

from foundsound.audio import clip_decoder
from foundsound.library import Library
from foundsound.processes.child import module_command
from search_api.app import create_app
from tests.audio.unruly_clip_child import CRASH
from tests.conftest import Index
from tests.databases import both_databases
from tests.search_api.conftest import TOKEN
from tests.signals import RATE, noise, tone

LABELS = ["white noise hiss", "pure sine tone beep", "dog barking"]


@pytest.fixture
def client(library: Library, index: Index, sounds: Path) -> Iterator[TestClient]:
    index(sounds)
    with TestClient(create_app(library, None, TOKEN)) as opened:
        opened.headers["Authorization"] = f"Bearer {TOKEN}"
        yield opened


@pytest.fixture
def ids(client: TestClient) -> dict[str, str]:
    hits = client.get("/search", params={"q": "dur:>0"}).json()["hits"]
    return {Path(hit["path"]).stem: hit["sound_id"] for hit in hits}


def as_wav(samples: Any, rate: int = RATE) -> bytes:
    held = io.BytesIO()
    sf.write(held, samples, rate, format="WAV")
    return held.getvalue()


def post(client: TestClient, path: str, body: dict[str, Any], *files: bytes) -> Any:
    uploads = [("file", (f"clip{n}.wav", data)) for n, data in enumerate(files)]
    if not uploads:
        return client.post(path, json=body)
    return client.post(path, data={"request": json.dumps(body)}, files=uploads)


def test_an_upload_an_item_and_a_stretch_are_classified_together(
    client: TestClient, ids: dict[str, str]
) -> None:
    of = [
        {"type": "item", "sound_id": ids["noise"]},
        {"type": "clip", "clip": 0, "start_s": 2.0, "end_s": 3.5},
    ]
    clip = as_wav(np.concatenate([noise(2.0), tone(2.0)]))
    answer = post(client, "/classify", {"labels": LABELS, "of": of}, clip)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["model"] == "starter-bridge"
    assert found["labels"] == LABELS
    item, stretch = found["results"]
    assert (item["sound_id"], stretch["name"]) == (ids["noise"], "clip0.wav")
    assert item["scores"][0]["label"] == "white noise hiss"
    assert stretch["scores"][0]["label"] == "pure sine tone beep"
    assert stretch["scores"][0]["start_s"] == pytest.approx(2.0)
    assert stretch["scores"][0]["end_s"] == pytest.approx(3.5, abs=0.01)
    for each in (item, stretch):
        assert sum(score["score"] for score in each["scores"]) == pytest.approx(1.0, abs=1e-5)
        cosines = np.array([score["cosine"] for score in each["scores"]])
        logits = found["logit_scale"] * (cosines - cosines.max())
        expected = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose([s["score"] for s in each["scores"]], expected, atol=1e-4)


def test_of_several_one_that_cannot_be_heard_has_its_own_error(client: TestClient) -> None:
    answer = post(client, "/classify", {"labels": LABELS}, as_wav(noise(1.0)), b"no audio at all")
    good, bad = answer.json()["results"]
    assert good["scores"]
    assert good["error"] is None
    assert bad["scores"] == []
    assert bad["error"].startswith("clip1.wav: ")


def test_none_of_these_is_a_choice(client: TestClient) -> None:
    wanted = {"labels": ["church bells", "people laughing"], "none_of_these": True}
    (result,) = post(client, "/classify", wanted, as_wav(noise(1.0))).json()["results"]
    assert result["scores"][0]["label"] == "none of these"
    assert not any(score["heard"] for score in result["scores"])


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "Give labels"),
    ({"labels": []}, "Give labels"),
    ({"labels": ["dog", "cat", "DOG "]}, "'DOG' is there twice"),
    ({"labels": ["dog", "  "]}, "A label is empty"),
    ({"labels": [f"sound {n}" for n in range(1000)]}, "1,000 labels"),
    ({"labels": LABELS, "templates": ["a sound"]}, "must hold {} once"),
    ({"labels": LABELS, "of": [{"type": "item", "sound_id": "f" * 32}]}, "no sound ffff"),
    ({"labels": LABELS, "of": [{"type": "clip", "clip": 3}]}, "names clip 3, but 0 came"),
    ({"labels": LABELS, "loud": True}, "no field 'loud'"),
]


@pytest.mark.parametrize(("body", "sentence"), BAD)
def test_bad_requests_are_told_in_a_sentence(
    shared: TestClient, body: dict[str, Any], sentence: str
) -> None:
    files = () if "of" in body else (as_wav(noise(0.5)),)
    answer = post(shared, "/classify", body, *files)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_empty_audio_and_three_hours_are_refused(client: TestClient) -> None:
    empty = post(client, "/classify", {"labels": LABELS}, as_wav(np.zeros(0, np.float32)))
    assert empty.status_code == 422
    long = as_wav(np.zeros(3 * 3600 * 1000, np.int16), 1000)
    answer = post(client, "/classify", {"labels": LABELS}, long)
    assert answer.status_code == 422
    assert "600 s" in answer.json()["detail"]


def test_an_upload_that_crashes_its_decoder_costs_itself(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_decoder, "COMMAND", module_command("tests.audio.unruly_clip_child"))
    hostile, good = as_wav(tone(0.5, rate=CRASH), CRASH), as_wav(noise(1.0))
    for path, body in (("/classify", {"labels": LABELS}), ("/enrolled", {"name": "x"})):
        answer = post(client, path, body, hostile)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert "clip0.wav: The decoder crashed on this file" in answer.json()["detail"]
    upload = {"file": ("clip.wav", hostile)}
    assert "crashed" in client.post("/search/audio", files=upload).json()["detail"]
    assert client.get("/enrolled").json() == []
    assert post(client, "/classify", {"labels": LABELS}, good).status_code == 200
    assert client.post("/search/audio", files={"file": ("clip.wav", good)}).json()["hits"]


def test_warnings_help(client: TestClient) -> None:
    def warnings(*labels: str) -> str:
        answer = post(client, "/classify", {"labels": labels}, as_wav(noise(0.5)))
        return " ".join(answer.json()["warnings"])

    assert warnings("dog barking", "car horn") == ""
    assert "nothing to choose between" in warnings("dog barking")
    assert "'barking' does not say what is heard" in warnings("barking", "car horn")
    assert "'slam the door' is an action" in warnings("slam the door", "car horn")
    assert "mean nearly the same" in warnings("dog barking", "dog barks", "car horn")
    assert "51 labels are many" in warnings(*(f"sound number {n}" for n in range(51)))


@both_databases
def test_a_label_set_is_saved_used_and_forgotten(client: TestClient, library: Library) -> None:
    body = {"labels": [*LABELS[:2], {"name": "dog", "synonyms": ["dog barking"]}]}
    saved = client.put("/label-sets/My/Street", json=body).json()
    assert [label["name"] for label in saved["labels"]] == [*LABELS[:2], "dog"]
    assert client.get("/label-sets").json() == [saved]
    assert client.get("/label-sets/my/street").json() == saved
    for _ in range(2):  # the second time from the cached vectors
        answer = post(client, "/classify", {"label_set": "my/street"}, as_wav(tone(1.0)))
        (result,) = answer.json()["results"]
        assert result["scores"][0]["label"] == LABELS[1]
    client.put("/label-sets/my/street", json={"labels": ["rain", "wind"]})
    answer = post(client, "/classify", {"label_set": "My/street"}, as_wav(tone(1.0)))
    assert answer.json()["labels"] == ["rain", "wind"]
    assert client.delete("/label-sets/MY/STREET").status_code == 204
    assert (
        post(client, "/classify", {"label_set": "My/street"}, as_wav(tone(1.0))).status_code == 404
    )
    assert client.put("/label-sets/x", json={"labels": ["a", "A"]}).status_code == 422
    assert client.get("/label-sets").json() == []


@both_databases
def test_a_sound_is_enrolled_used_and_forgotten(client: TestClient, ids: dict[str, str]) -> None:
    examples = [{"type": "item", "sound_id": ids["high"]}]
    body = {"name": "The Whistle", "examples": examples}
    answer = post(client, "/enrolled", body, as_wav(tone(1.0, hz=2900.0)))
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert [each["sound_id"] for each in report["examples"]] == [ids["high"], None]
    assert report["examples_used"] == 2
    assert report["false_reject"] is not None
    assert client.get("/enrolled").json() == [report]
    wanted = {"labels": ["white noise hiss"], "sounds": ["the whistle"]}
    whistle = as_wav(tone(1.0, hz=3050.0))
    (result,) = post(client, "/classify", wanted, whistle).json()["results"]
    assert result["scores"][0]["label"] == "The Whistle"
    assert result["scores"][0]["heard"]
    (result,) = post(client, "/classify", wanted, as_wav(noise(1.0))).json()["results"]
    assert result["scores"][0]["label"] == "white noise hiss"
    part = {"type": "enrolled", "name": "the whistle"}
    hits = client.post("/search", json={"parts": [part], "show_weak": True}).json()["hits"]
    assert hits[0]["sound_id"] == ids["high"]
    assert post(client, "/enrolled", body).status_code == 422  # the name is taken
    more = body | {"add": True}
    assert len(post(client, "/enrolled", more).json()["examples"]) == 3
    assert client.delete("/enrolled/the whistle").status_code == 204
    assert client.get("/enrolled").json() == []
    assert post(client, "/classify", wanted, whistle).status_code == 404


@pytest.mark.parametrize(
    ("body", "files"),
    [
        ({"name": "x"}, 0),
        ({"name": "x"}, 21),
        ({"name": " "}, 1),
        ({"name": "x", "examples": [{"type": "item", "sound_id": "f" * 32}]}, 0),
        ({"name": "x", "examples": [{"type": "clip", "start_s": 5}]}, 1),
    ],
)
def test_nothing_is_stored_of_a_bad_enrolment(
    client: TestClient, body: dict[str, Any], files: int
) -> None:
    answer = post(client, "/enrolled", body, *[as_wav(noise(0.5))] * files)
    assert answer.status_code == 422, answer.text
    assert client.get("/enrolled").json() == []


def test_strangers_may_classify_but_not_enrol(client: TestClient) -> None:
    del client.headers["Authorization"]
    assert post(client, "/classify", {"labels": LABELS}, as_wav(noise(0.5))).status_code == 200
    assert post(client, "/enrolled", {"name": "x"}, as_wav(noise(0.5))).status_code == 401
    assert client.put("/label-sets/x", json={"labels": LABELS}).status_code == 401
