import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from foundsound.catalog.identity import content_id
from foundsound.library import Library
from tests.conftest import Index
from tests.metadata.riff import bext, info, wav
from tests.search_api.test_search import assert_problem
from tests.signals import noise


def first_hit(client: TestClient, text: str = "white noise, static") -> dict[str, Any]:
    hit: dict[str, Any] = client.post("/search", json={"text": text, "limit": 1}).json()["hits"][0]
    return hit


def test_details_name_every_copy(client: TestClient, index: Index, sounds: Path) -> None:
    shutil.copy(sounds / "noise.wav", sounds / "sub" / "copy.wav")
    index(sounds)
    sound = client.get(f"/sounds/{first_hit(client)['sound_id']}").json()
    assert sound["paths"] == [str(sounds / "noise.wav"), str(sounds / "sub" / "copy.wav")]
    assert (sound["state"], sound["error"], sound["codec"]) == ("indexed", None, "PCM_16")
    assert sound["added_at"].endswith(("Z", "+00:00"))


def test_details_tell_windows_and_metadata(client: TestClient, index: Index, sounds: Path) -> None:
    description, tags = bext(b"Gate, rusty", umid=b"\1" * 32), info(IKEY=b"gate; rust")
    samples = (3000 * noise(0.5, 48_000)).astype(np.int16).tobytes()
    content = wav(description, tags, samples=samples)
    (sounds / "DOORMetl-INT_Gate_FSND.wav").write_bytes(content)
    index(sounds)
    sound_id = content_id(bytes(sounds / "DOORMetl-INT_Gate_FSND.wav"), 2**30)
    sound = client.get(f"/sounds/{sound_id}").json()
    assert sound["windows"] == [{"model": "starter-bridge", "count": 1}]
    assert (sound["bit_depth"], sound["sample_rate"]) == (16, 48_000)
    metadata = sound["metadata"]
    assert metadata["description"] == "Gate, rusty"
    assert metadata["keywords"] == ["gate", "rust"]
    assert (metadata["title"], metadata["category"], metadata["note"]) == (None, None, None)
    assert metadata["extra"] == {"bext.umid": "01" * 32}
    (name,) = sound["ucs_files"]
    assert (name["cat_id"], name["user_category"], name["fx_name"]) == ("DOORMetl", "INT", "Gate")
    assert name["path"] == sound["paths"][0]
    plain = client.get(f"/sounds/{first_hit(client)['sound_id']}").json()
    assert plain["ucs_files"] == []


def test_a_sound_in_quarantine_says_why(client: TestClient, index: Index, sounds: Path) -> None:
    (sounds / "bad.wav").write_bytes(b"no audio at all")
    index(sounds)
    sound = client.get(f"/sounds/{content_id(bytes(sounds / 'bad.wav'), 2**30)}").json()
    assert (sound["state"], sound["metadata"], sound["windows"]) == ("failed", None, [])
    assert "not audio" in sound["error"]


def test_an_unknown_sound_is_a_problem(client: TestClient) -> None:
    assert_problem(client.get("/sounds/0123"), 404, "no sound 0123")
    assert_problem(client.get("/sounds/0123/audio"), 404, "no sound 0123")


@pytest.mark.parametrize(
    ("range_", "status", "part", "content_range"),
    [
        (None, 200, slice(None), None),
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=100-", 206, slice(100, None), "bytes 100-{last}/{size}"),
        ("bytes=-500", 206, slice(-500, None), None),
        ("bytes=0-99999999", 206, slice(None), "bytes 0-{last}/{size}"),
    ],
)
def test_audio_is_served_in_ranges(
    shared: TestClient,
    shared_sounds: Path,
    range_: str | None,
    status: int,
    part: slice,
    content_range: str | None,
) -> None:
    content = (shared_sounds / "noise.wav").read_bytes()
    url = f"/sounds/{first_hit(shared)['sound_id']}/audio"
    answer = shared.get(url, headers={"range": range_} if range_ else {})
    assert answer.status_code == status
    assert answer.content == content[part]
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert 'filename="noise.wav"' in answer.headers["content-disposition"]
    if content_range:
        expected = content_range.format(size=len(content), last=len(content) - 1)
        assert answer.headers["content-range"] == expected


def test_ranges_outside_or_malformed_are_problems(client: TestClient, sounds: Path) -> None:
    url = f"/sounds/{first_hit(client)['sound_id']}/audio"
    size = (sounds / "noise.wav").stat().st_size
    outside = client.get(url, headers={"range": f"bytes={size}-"})
    assert_problem(outside, 416, "outside the file")
    assert outside.headers["content-range"] == f"bytes */{size}"
    assert_problem(client.get(url, headers={"range": "bytes=x"}), 400, "malformed")


def test_conditions_and_heads_are_answered(client: TestClient) -> None:
    url = f"/sounds/{first_hit(client)['sound_id']}/audio"
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    stale = client.get(url, headers={"range": "bytes=0-3", "if-range": '"other"'})
    assert stale.status_code == 200
    fresh = client.get(url, headers={"range": "bytes=0-3", "if-range": head.headers["etag"]})
    assert fresh.status_code == 206


def test_a_sound_whose_file_is_gone_says_so(client: TestClient, sounds: Path) -> None:
    hit = first_hit(client)
    (sounds / "noise.wav").unlink()
    assert_problem(client.get(f"/sounds/{hit['sound_id']}/audio"), 404, "is its drive online?")


def test_names_that_are_not_utf8_are_served(
    client: TestClient, library: Library, index: Index, sounds: Path
) -> None:
    (sounds / "noise.wav").rename(bytes(sounds / "no").decode() + "\udce9\nise.wav")
    index(sounds)
    answer = client.get(f"/sounds/{first_hit(client)['sound_id']}/audio")
    assert answer.status_code == 200
    assert "filename*=utf-8''no%5Cxe9%0Aise.wav" in answer.headers["content-disposition"]


def test_stats_count_what_is_there(client: TestClient, sounds: Path) -> None:
    stats = client.get("/stats").json()
    assert (stats["sounds"], stats["files"], stats["windows"], stats["failed"]) == (3, 3, 3, 0)
    assert stats["roots"] == [str(sounds)]
    assert stats["model"] == "starter-bridge"
    assert stats["space"].startswith("starter")
