"""Chosen sounds as tables, playlists and an archive; and the windows of a sound."""

import csv
import io
import json
import shutil
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from foundsound.catalog.database import Catalog
from foundsound.catalog.identity import content_id
from foundsound.catalog.selections import MOST, add_selection, selection_named
from foundsound.errors import NotFound
from foundsound.library import Library
from search_api.app import create_app
from tests.conftest import Index
from tests.search_api.test_openapi import ids_of
from tests.search_api.test_search import assert_problem
from tests.signals import noise, tone, write

OWNER = {"Authorization": "Bearer test-token"}


@pytest.fixture
def chosen(client: TestClient, sounds: Path) -> str:
    """The name of a selection of tone, noise and high, in this order."""
    names = ("tone.flac", "noise.wav", "sub/high.ogg")
    ids = [content_id(bytes(sounds / name), 2**30) for name in names]
    answer = client.post("/selection", json={"ids": ids})
    assert answer.status_code == 201
    told = answer.json()
    assert told["sounds"] == 3
    assert told["size_bytes"] == sum((sounds / name).stat().st_size for name in names)
    return str(told["selection_id"])


def test_a_table_has_a_line_a_sound(client: TestClient, chosen: str, sounds: Path) -> None:
    answer = client.get(f"/selection/{chosen}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="foundsound.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [Path(row["path"]).name for row in rows] == ["tone.flac", "noise.wav", "high.ogg"]
    assert rows[1]["path"] == str(sounds / "noise.wav")
    assert (rows[1]["duration_s"], rows[1]["format"], rows[1]["tags"]) == ("2.0", "WAV", "")


def test_a_playlist_has_the_clients_paths(client: TestClient, chosen: str, sounds: Path) -> None:
    pairs = {"format": "m3u", "map": [f"{sounds}=Z:\\SFX", f"{sounds}/sub=/Volumes/sub"]}
    lines = client.get(f"/selection/{chosen}", params=pairs).text.splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTINF:2,tone.flac", "Z:\\SFX\\tone.flac"]
    assert lines[-1] == "/Volumes/sub/high.ogg"
    plain = client.get(f"/selection/{chosen}", params={"format": "paths"}).text
    assert plain.splitlines()[1] == str(sounds / "noise.wav")
    bad = client.get(f"/selection/{chosen}", params={"map": "sfx"})
    assert_problem(bad, 422, "no pair of folders")


def test_json_lines_of_a_collection_and_of_a_query(client: TestClient, sounds: Path) -> None:
    ids = [content_id(bytes(sounds / name), 2**30) for name in ("sub/high.ogg", "noise.wav")]
    made = client.post("/collections", json={"name": "Hits", "ids": ids}, headers=OWNER).json()
    chosen = client.post("/selection", json={"collection_id": made["id"]}).json()
    asked = {"format": "jsonl"}
    header = {"Foundsound-Path-Map": f"{sounds}=/Volumes/SFX; /nowhere=/else"}
    answer = client.get(f"/selection/{chosen['selection_id']}", params=asked, headers=header)
    assert answer.headers["content-type"] == "application/jsonl; charset=utf-8"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["path"] for row in rows] == [
        "/Volumes/SFX/sub/high.ogg",
        "/Volumes/SFX/noise.wav",
    ]
    assert [row["sound_id"] for row in rows] == ids
    query = {"query": {"text": "fmt:flac"}}
    (found,) = rows_of(client, client.post("/selection", json=query).json()["selection_id"])
    assert found["path"] == str(sounds / "tone.flac")
    for wrong in ({}, {"ids": ids, "collection_id": made["id"]}):
        assert_problem(client.post("/selection", json=wrong), 422, "one of them")
    assert_problem(client.post("/selection", json={"collection_id": 99}), 404, "collection")


def test_lists_have_what_is_said_of_a_sound(client: TestClient, chosen: str, sounds: Path) -> None:
    said = {"title": 'The "good" one', "keywords": ["hiss", "white"], "description": "A, b"}
    id_ = content_id(bytes(sounds / "noise.wav"), 2**30)
    change = {"sound_id": id_, "metadata": said, "note": "cut it"}
    client.patch("/metadata", json={"sounds": [change]}, headers=OWNER).raise_for_status()
    row = rows_of(client, chosen)[1]
    assert {name: row[name] for name in said} == said
    assert (row["sound_id"], row["note"]) == (id_, "cut it")
    table = client.get(f"/selection/{chosen}", params={"format": "csv"}).content
    row = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))[1]
    assert {name: row[name] for name in said} == said | {"keywords": "hiss; white"}


def rows_of(client: TestClient, selection: str) -> list[dict[str, Any]]:
    answer = client.get(f"/selection/{selection}", params={"format": "jsonl"})
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_client_names_its_folders_once(client: TestClient, sounds: Path) -> None:
    header = {"Foundsound-Path-Map": f"{sounds}=Z:\\Ton und Geräusch"}
    utf8 = [(name.encode(), value.encode()) for name, value in header.items()]
    hits = client.get("/search", params={"q": "fmt:wav"}, headers=utf8).json()["hits"]
    assert [hit["path"] for hit in hits] == ["Z:\\Ton und Geräusch\\noise.wav"]
    sound = client.get(f"/sounds/{hits[0]['sound_id']}", headers=utf8).json()
    assert sound["paths"] == ["Z:\\Ton und Geräusch\\noise.wav"]
    (plain,) = client.get("/search", params={"q": "fmt:wav"}).json()["hits"]
    assert plain["path"] == str(sounds / "noise.wav")
    wrong = client.get("/stats", headers={"Foundsound-Path-Map": "nonsense"})
    assert_problem(wrong, 422, "no pair of folders")


def test_an_archive_holds_the_files_as_they_are(
    client: TestClient, index: Index, sounds: Path
) -> None:
    write(sounds / "sub" / "NOISE.wav", noise(1.0, seed=5))
    write(sounds / "gone.wav", tone(1.0, 900.0))
    index(sounds)
    ids = ids_of(client)
    assert len(ids) == 5
    chosen = client.post("/selection", json={"ids": ids}).json()["selection_id"]
    (sounds / "gone.wav").unlink()
    answer = client.get(f"/selection/{chosen}", params={"format": "zip"})
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        kinds = {each.compress_type for each in archive.infolist()}
        assert kinds == {zipfile.ZIP_STORED}
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert str(sounds / "gone.wav") in contents.pop("left out.txt").decode()
    assert len(contents) == 4
    assert len({name.casefold() for name in contents}) == 4
    files = [path for path in sounds.rglob("*") if path.is_file()]
    assert sorted(contents.values()) == sorted(path.read_bytes() for path in files)


def test_an_archives_names_are_plain_and_differ_on_any_system(
    client: TestClient, index: Index, sounds: Path
) -> None:
    names = ("x\\..\\..\\evil.wav", "caf\u00e9.wav", "cafe\u0301.wav", "CAFE\u0301.wav")
    for number, name in enumerate(names):
        write(sounds / "more" / str(number) / name, noise(1.0, seed=20 + number))
    index(sounds)
    ids = [
        content_id(bytes(sounds / "more" / str(k) / name), 2**30) for k, name in enumerate(names)
    ]
    chosen = client.post("/selection", json={"ids": ids}).json()["selection_id"]
    answer = client.get(f"/selection/{chosen}", params={"format": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = archive.namelist()
    assert held[0] == "x_.._.._evil.wav"
    keys = {unicodedata.normalize("NFC", name).casefold() for name in held}
    assert len(keys) == len(held) == 4


def test_another_process_of_the_api_hands_it_out_too(
    client: TestClient, chosen: str, library: Library
) -> None:
    with TestClient(create_app(library, token="test-token"), base_url="http://localhost") as other:
        told = other.get(f"/selection/{chosen}", params={"format": "paths"})
    assert told.text == client.get(f"/selection/{chosen}", params={"format": "paths"}).text
    assert len(told.text.splitlines()) == 3


def test_the_oldest_selections_are_forgotten_first(catalog: Catalog) -> None:
    names = []
    for number in range(MOST + 2):
        with catalog.write() as session:
            names.append(add_selection(session, [f"{number}"]))
    with catalog.read() as session:
        assert selection_named(session, names[2]) == ["2"]
        assert selection_named(session, names[-1]) == [f"{MOST + 1}"]
        with pytest.raises(NotFound, match="choose the sounds again"):
            selection_named(session, names[1])


def test_selections_of_unknown_sounds_are_refused(client: TestClient) -> None:
    assert_problem(client.post("/selection", json={"ids": ["0123"]}), 404, "no sound 0123")
    assert_problem(client.get("/selection/0123"), 404, "choose the sounds again")


def test_windows_tell_what_they_sound_like(
    client: TestClient, library: Library, index: Index, tmp_path: Path
) -> None:
    siren = Path("demo-library/Alarms")
    if not siren.is_dir():
        pytest.skip("make demo-library")
    shutil.copytree(siren, tmp_path / "alarms")
    long = write(tmp_path / "alarms" / "long.wav", noise(25.0))
    index(tmp_path / "alarms")
    told = client.get(f"/sounds/{content_id(bytes(long), 2**30)}/windows").json()
    assert told["model"] == "starter-bridge"
    windows = told["windows"]
    assert windows[0]["start_s"] == 0
    assert windows[-1]["end_s"] == pytest.approx(25.0, abs=0.1)
    starts = [window["start_s"] for window in windows]
    assert starts == sorted(starts)
    texts = set()
    for path in sorted((tmp_path / "alarms").iterdir()):
        windows = client.get(f"/sounds/{content_id(bytes(path), 2**30)}/windows").json()["windows"]
        for window in windows:
            strengths = [text["strength"] for text in window["texts"]]
            assert strengths == sorted(strengths, reverse=True)
            assert all(strength >= 2.5 for strength in strengths)
            texts |= {text["cat_id"] for text in window["texts"]}
    assert any(cat_id.startswith("ALRM") for cat_id in texts), texts
    assert_problem(client.get("/sounds/0123/windows"), 404, "no sound 0123")


def test_disk_use_is_told(client: TestClient, library: Library, sounds: Path) -> None:
    before = client.get("/disk").json()
    assert before["files_bytes"] == sum(p.stat().st_size for p in sounds.rglob("*") if p.is_file())
    assert before["catalogue_bytes"] > 0
    assert before["vectors_bytes"] > 0
    assert before["free_bytes"] > 0
    assert before["media_bytes"] == 0
    for sound_id in ids_of(client):
        assert client.get(f"/sounds/{sound_id}/peaks").status_code == 200
    after = client.get("/disk").json()
    assert 0 < after["media_bytes"] < after["media_limit_bytes"] == 4 * 2**30
