"""Suggestions: what is chosen, what is decided, and that both outlive what happens to a library."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from foundsound.catalog.hearing_models import SuggestedSound
from foundsound.catalog.suggestions import suggestions_of
from foundsound.embedding.calibration import Background, Calibration
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.hearing.suggest import known_vocabulary, suggest_lacking
from foundsound.hearing.vocabulary import vocabulary
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import Library
from ingest.switch import switch_model
from search_api.app import create_app
from tests.conftest import Index
from tests.databases import both_databases
from tests.finding import nearest
from tests.search_api.conftest import TOKEN

DIM = 64


def random_vectors(count: int, seed: int) -> Floats:
    noise = np.random.default_rng(seed).standard_normal((count, DIM))
    return unit_length(noise.astype(np.float32))


def test_the_vocabulary_holds_categories_and_tags_that_can_be_tags() -> None:
    entries = vocabulary()
    by_kind = {kind: [e for e in entries if e.kind == kind] for kind in ("ucs", "tag")}
    assert len(by_kind["ucs"]) > 700
    assert len(by_kind["tag"]) > 480
    assert len({(e.kind, e.value) for e in entries}) == len(entries)
    assert not any({",", ";", '"'} & set(e.value) for e in entries)


def test_what_stands_out_is_suggested_and_what_anything_reaches_is_not() -> None:
    vectors = random_vectors(len(vocabulary()), 1)
    calibration = Calibration(Background(0.0, 0.12), Background(0.0, 0.1), random_vectors(32, 2))
    known = known_vocabulary(vectors, calibration)
    assert 2.5 <= known.least["ucs"] < 6
    wanted = next(at for at, e in enumerate(vocabulary()) if e.value == "DOORWood")
    near = unit_length(vectors[wanted : wanted + 1] + 0.1 * random_vectors(1, 3))
    found = known.suggested(np.concatenate([random_vectors(1, 4), near]))  # its second window
    assert found[0].value == "DOORWood"
    assert found[0].strength > known.least["ucs"]
    unlike = [known.suggested(random_vectors(1, seed)) for seed in range(100, 200)]
    assert sum(any(s.kind == "ucs" for s in of_one) for of_one in unlike) < 75


@pytest.fixture
def tagged(library: Library, index: Index, sounds: Path) -> dict[str, str]:
    """Ids of three sounds, for each of which something is suggested, by name."""
    index(sounds)
    return {Path(hit.path).stem: hit.sound_id for hit in nearest(library)}


def values(library: Library, sound_id: str) -> list[str]:
    with library.catalog.read() as session:
        return [each.value for each in suggestions_of(session, sound_id)]


@both_databases
def test_suggestions_come_with_the_sounds(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.upkeep.suggest_lacking", lambda *_: 0)
    index(sounds)
    ids = {Path(hit.path).stem: hit.sound_id for hit in nearest(library)}
    assert any(values(library, sound_id) for sound_id in ids.values())
    said = {name: values(library, sound_id) for name, sound_id in ids.items()}
    assert suggest_lacking(library, lambda: False) == 0  # all of them have been asked about
    with library.catalog.write() as session:
        session.execute(delete(SuggestedSound))
    assert suggest_lacking(library, lambda: False) == len(ids)
    assert {name: values(library, sound_id) for name, sound_id in ids.items()} == said


def test_a_model_without_its_vocabulary_suggests_at_the_end(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.hearing.suggest.kept_vectors", lambda *_: None)
    seen: list[int] = []

    def counted(*arguments: Any) -> int:
        found = suggest_lacking(*arguments)
        seen.append(found)
        return found

    monkeypatch.setattr("ingest.upkeep.suggest_lacking", counted)
    index(sounds)
    assert seen == [3]


@both_databases
def test_ingest_suggests_and_people_decide(library: Library, tagged: dict[str, str]) -> None:
    noise = tagged["noise"]
    suggested = values(library, noise)
    assert {"white noise", "pink noise", "static", "noise"} & set(suggested)
    tag = next(v for v in suggested if v.islower())
    other = next(v for v in suggested if v != tag)
    with TestClient(create_app(library, None, TOKEN)) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"

        def found(text: str) -> set[str]:
            hits = client.get("/search", params={"q": text}).json()["hits"]
            return {hit["sound_id"] for hit in hits}

        report = client.get(f"/sounds/{noise}").json()
        assert [each["value"] for each in report["suggestions"]] == suggested
        assert noise in found(f'suggested:"{tag}"')
        assert noise not in found(f'-suggested:"{tag}"')
        body = {"filters": {"dur": {"gt": 0}}, "facets": ["suggested"]}
        facet = client.post("/search", json=body).json()["facets"]["facets"][0]
        counted = {each["value"]: each for each in facet["values"]}
        assert counted[tag]["count"] == len(found(counted[tag]["filter"]))
        url = f"/sounds/{noise}/suggestions"
        after = client.post(url, json={"accept": [tag], "reject": [other]}).json()
        assert after["tags"] == [tag]
        assert {d["value"]: d["accepted"] for d in after["decisions"]} == {tag: True, other: False}
        assert not {tag, other} & {each["value"] for each in after["suggestions"]}
        assert noise not in found(f'suggested:"{tag}"')
        assert client.post(url, json={"accept": [tag]}).status_code == 404
        again = client.post(url, json={"reconsider": [other]}).json()
        assert [d["value"] for d in again["decisions"]] == [tag]
    assert suggest_lacking(library, lambda: False) == 1
    assert other in values(library, noise)
    assert tag not in values(library, noise)


def test_another_model_suggests_anew(library: Library, tagged: dict[str, str]) -> None:
    before = {id_: values(library, id_) for id_ in tagged.values()}
    assert suggest_lacking(library, lambda: False) == 0
    switch = Switch(model="starter", keep=True)
    switch_model(library, switch, IndexProgress(), lambda _: None, threading.Event())
    assert suggest_lacking(library, lambda: False) == 0  # the change has done it
    assert {id_: values(library, id_) for id_ in tagged.values()} != before
