"""Composed queries over HTTP: parts, filters, pages, and errors with their place."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from tests.conftest import Index
from tests.finding import nearest
from tests.search_api.test_search import assert_problem
from tests.signals import tone, write


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [Path(hit["path"]).name for hit in answer.json()["hits"]]


def test_the_whole_body(client: TestClient) -> None:
    tone = client.post("/search", json={"text": "beep, pure tone dur:1.5"}).json()["hits"][0]
    body = {
        "text": 'tone, no hiss "noise"',
        "parts": [
            {"type": "item", "sound_id": tone["sound_id"], "weight": 0.5},
            {"type": "text", "text": "speech", "negative": True, "weight": 0.2},
        ],
        "filters": {"dur": {"lt": 3}, "fmt": {"none": ["mp3"]}},
        "sort": "-duration",
        "show_weak": True,
        "limit": 5,
    }
    answer = client.post("/search", json=body)
    assert names(answer) == ["noise.wav"]  # neither the item nor the other one is called so
    result = answer.json()
    assert result["understood"] == 'tone, "noise" -hiss'
    texts = [(p.get("text"), p["type"], p["negative"], p["weight"]) for p in result["parts"]]
    assert texts == [
        ("tone, noise", "text", False, 1.0),
        ("hiss", "text", True, 1.0),
        (None, "item", False, 0.5),
        ("speech", "text", True, 0.2),
    ]
    (hit,) = result["hits"]
    assert len(hit["reasons"]) == 4
    assert hit["added_at"].endswith("Z")


def test_get_is_the_simple_case(client: TestClient) -> None:
    query: dict[str, str | int] = {"q": "white noise, static fmt:wav", "limit": 2}
    assert names(client.get("/search", params=query)) == ["noise.wav"]
    by_name = client.get("/search", params={"q": "dur:>0", "sort": "name", "limit": 2})
    assert names(by_name) == ["high.ogg", "noise.wav"]
    cursor = by_name.json()["cursor"]
    rest = {"q": "dur:>0", "sort": "name", "limit": 2, "cursor": cursor}
    assert names(client.get("/search", params=rest)) == ["tone.flac"]
    assert client.get("/search", params=rest).json()["cursor"] is None
    every: dict[str, Any] = {
        "q": "noise",
        "show_weak": True,
        "fold": False,
        "diversity": 0.3,
        "mode": "dense",
        "least": 1.5,
    }
    asked = client.get("/search", params=every | {"facets": ["format", "tag"]})
    body = {"text": "noise", **every, "facets": ["format", "tag"]}
    posted = client.post("/search", json={k: v for k, v in body.items() if k != "q"}).json()
    assert len(posted["hits"]) == 3
    assert asked.json() | {"took_ms": 0} == posted | {"took_ms": 0}
    for bad, words in (
        ({"limt": 3}, "no field 'limt'"),
        ({"diversity": 2}, "diversity"),
        ({"facets": "smell"}, "facets.0"),
        ({"model": "nonsense"}, "no model 'nonsense'"),
    ):
        answer = client.get("/search", params={"q": "noise", **bad})
        assert answer.status_code == 422
        assert words in answer.json()["detail"]
    missing = client.get("/search")
    assert (missing.status_code, missing.json()["detail"]) == (422, "q: Field required")


def test_a_cursor_of_post_serves_get_and_no_other_query(client: TestClient) -> None:
    first = client.post("/search", json={"text": "tone", "limit": 1}).json()
    assert first["cursor"]
    second = client.get("/search", params={"q": "tone", "limit": 1, "cursor": first["cursor"]})
    assert second.json()["hits"][0]["sound_id"] != first["hits"][0]["sound_id"]
    other = client.get("/search", params={"q": "noise", "cursor": first["cursor"]})
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rain lenght:5", "lenght"),
        ("rain 🎉 dur:soon", "soon"),
        ('rain "on', '"on'),
        ("rain \ud800", "\ud800"),
    ],
)
def test_a_bad_text_names_its_place(shared: TestClient, text: str, place: str) -> None:
    headers = {"content-type": "application/json"}
    answer = shared.post("/search", content=json.dumps({"text": text}), headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    start, end = answer.json()["span"]
    assert text[start:end] == place
    if text.isprintable():
        assert shared.get("/search", params={"q": text}).json() == answer.json()


def test_clips_with_a_query(client: TestClient, sounds: Path) -> None:
    noise, tone = ((sounds / name).read_bytes() for name in ("noise.wav", "tone.flac"))
    both = [("file", ("a.wav", noise)), ("file", ("b.flac", tone))]
    parts = [{"type": "clip", "clip": 1, "end_s": 1}, {"type": "clip", "clip": 0, "negative": True}]
    query = json.dumps(
        {"parts": parts, "limit": 3, "filters": {"dur": {"gt": 1}}, "show_weak": True}
    )
    answer = client.post("/search/audio", files=both, data={"query": query})
    assert names(answer) == ["tone.flac", "noise.wav"]
    assert answer.json()["hits"][1]["demoted_by"] == 1
    unnamed = client.post("/search/audio", files=both[:1], data={"query": '{"text": "hiss"}'})
    assert names(unnamed)[0] == "noise.wav"
    assert [part["type"] for part in unnamed.json()["parts"]] == ["text", "clip"]
    limited = client.post("/search/audio", files=both[:1], data={"query": query, "limit": "1"})
    assert limited.json()["detail"].startswith("The request names clip 1, but 1 came with it")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{", "not valid JSON"),
        ('{"parts": [{"type": "text"}]}', "parts.0.text: Field required"),
        ('{"limit": 0}', "between 1 and"),
        ('{"model": "nonsense"}', "no model 'nonsense' here"),
        ('{"text": "dur:soon"}', "such as|for example"),
        ('{"parts": [{"type": "clip", "start_s": 100}]}', "noise.wav: The stretch from 100 s"),
    ],
)
def test_bad_queries_with_clips(
    shared: TestClient, shared_sounds: Path, query: str, words: str
) -> None:
    with (shared_sounds / "noise.wav").open("rb") as file:
        answer = shared.post("/search/audio", files={"file": file}, data={"query": query})
    assert answer.status_code == 422
    assert any(each in answer.json()["detail"] for each in words.split("|"))


def test_within_takes_many_ids(client: TestClient) -> None:
    hits = client.post("/search", json={"text": "tone", "limit": 2}).json()["hits"]
    ids = [hit["sound_id"] for hit in hits] + [f"{n:032x}" for n in range(15_000)]
    body = {"text": "noise", "within": ids, "show_weak": True}
    refined = client.post("/search", json=body).json()["hits"]
    assert {hit["sound_id"] for hit in refined} == {hit["sound_id"] for hit in hits}
    for mode in ("hybrid", "dense", "lexical"):
        wrong = {"text": "noise", "within": [ids[0], "x'; --"], "mode": mode}
        answer = client.post("/search", json=wrong)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("within.1: ")
    too_many = client.post("/search", json={"text": "noise", "within": ids + ids})
    assert too_many.status_code in (413, 422)


@pytest.mark.parametrize(
    "body",
    [
        {"text": ",, no thunder"},
        {"parts": [{"type": "item", "sound_id": "ab", "start_s": 1e305}]},
        {"text": "rain", "within": ["\ud800"]},
        {"text": "rain", "parts": [{"type": "text", "text": "x"}] * 32},
        {"filters": None},
    ],
)
def test_odd_bodies_are_refused_and_break_nothing(shared: TestClient, body: Any) -> None:
    headers = {"content-type": "application/json"}
    answer = shared.post("/search", content=json.dumps(body), headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "header" not in answer.json()["detail"]


@pytest.mark.parametrize("offset", [2**63, 10**30])
@pytest.mark.parametrize("text", ["tone", "dur:>0"])
def test_a_cursor_that_was_meddled_with_is_refused(
    shared: TestClient, text: str, offset: int
) -> None:
    cursor = shared.post("/search", json={"text": text, "limit": 1}).json()["cursor"]
    place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps([offset, *place[1:]]).encode()).decode()
    answer = shared.post("/search", json={"text": text, "limit": 1, "cursor": forged})
    assert answer.status_code == 422


def test_silence_is_like_nothing(
    client: TestClient, index: Index, sounds: Path, tmp_path: Path
) -> None:
    half = np.concatenate([np.zeros((44_100, 1), np.float32), tone(1.0)])
    clip = write(tmp_path / "half.wav", half).read_bytes()
    silent = write(tmp_path / "silent.wav", np.zeros((44_100, 1), np.float32)).read_bytes()
    told = client.post("/search/audio", files={"file": ("silent.wav", silent)})
    assert_problem(told, 422, "silent.wav is silent, and so like nothing.")
    assert client.post("/search/audio", files={"file": ("half.wav", clip)}).json()["hits"]
    stretch = {"query": json.dumps({"parts": [{"type": "clip", "end_s": 0.9}]})}
    told = client.post("/search/audio", files={"file": ("half.wav", clip)}, data=stretch)
    assert_problem(told, 422, "The stretch of half.wav is silent")

    (sounds / "nothing.wav").write_bytes(silent)
    index(sounds)

    def found(**query: Any) -> dict[str, bool]:
        hits = client.post("/search", json=query).json()["hits"]
        return {Path(hit["path"]).name: hit["weak"] for hit in hits}

    everything = {"text": "click", "mode": "dense", "least": -99}
    assert set(found(**everything)) == {"high.ogg", "noise.wav", "tone.flac"}
    assert found(**everything, show_weak=True)["nothing.wav"]
    assert found(text="nothing")["nothing.wav"] is False


def test_clips_are_counted(client: TestClient, sounds: Path) -> None:
    many = [("file", ("a.wav", (sounds / "noise.wav").read_bytes()))] * 33
    answer = client.post("/search/audio", files=many)
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "There are 33 clips; the most is 32.",
    )


def test_a_stretch_of_a_long_file_may_be_searched_with(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    small = library.settings.model_copy(update={"max_upload_bytes": 1000})
    library.close()
    with Library(small) as tight:
        found = nearest(tight, "a pure tone")
        part = {"type": "item", "sound_id": found[0].sound_id, "start_s": 0.2, "end_s": 0.8}
        query = Query.model_validate({"parts": [part], "show_weak": True})
        assert len(Searcher(tight).search(query).hits) == 2
