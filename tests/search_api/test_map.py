"""The map over HTTP: made in the background, kept, and grown by what is new."""

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from foundsound.catalog.tags import add_tags
from foundsound.library import Library
from foundsound.map import keeper
from foundsound.map.layout import load_layout
from foundsound.map.report import MapReport, report_map
from search_api import packed_map
from tests.conftest import Index
from tests.signals import noise, tone, write


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "LOOK_S", 0.0)


def map_of(client: TestClient, count: int, name: str = "") -> dict[str, Any]:
    """The map, once it is ready and has this many sounds, one of them of this name."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        told: dict[str, Any] = client.get("/map").json()
        assert told["state"] != "failed", told["message"]
        complete = told["count"] == count and (not name or name in told["names"])
        if told["state"] == "ready" and complete:
            return told
        time.sleep(0.05)
    raise AssertionError(f"no map of {count} sounds: {told}")


def places(told: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return dict(zip(told["names"], zip(told["x"], told["y"], strict=True), strict=True))


def test_the_map_has_every_sound_with_its_name(client: TestClient, sounds: Path) -> None:
    first = client.get("/map").json()
    assert first["state"] == "computing"
    assert first["ids"] == []
    told = map_of(client, 3)
    assert sorted(told["names"]) == ["high.ogg", "noise.wav", "tone.flac"]
    assert told["durations"][told["names"].index("noise.wav")] == 2.0
    groups = [told["categories"][at] if at >= 0 else None for at in told["category"]]
    assert dict(zip(told["names"], groups, strict=True)) == {
        "high.ogg": "sub",  # the folder, where the name says nothing
        "noise.wav": None,
        "tone.flac": None,
    }
    for axis in ("x", "y"):
        assert len(told[axis]) == 3
        assert all(0 <= value <= told["side"] for value in told[axis])
    assert (told["method"], told["model"]) == ("pca", "starter-bridge")
    state = client.get("/map/state").json()
    assert (state["version"], state["count"]) == (told["version"], 3)


def test_a_map_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    map_of(client, 3)
    answer = client.get("/map")
    assert answer.headers["content-encoding"] == "gzip"
    again = client.get("/map", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get("/map", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()


def test_it_is_packed_again_only_when_something_changed(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    map_of(client, 3)
    monkeypatch.setattr(packed_map, "KEPT_S", 0.0)
    client.get("/map")
    times = []

    def count(*given: Any) -> MapReport:
        times.append(given)
        return report_map(*given)

    monkeypatch.setattr(packed_map, "report_map", count)
    for _ in range(3):
        client.get("/map")
    assert times == []
    with library.catalog.write(alone=True) as session:
        add_tags(session, ["0" * 32], ["wet"])
    for _ in range(3):
        client.get("/map")
    assert len(times) == 1


def test_new_sounds_are_put_in_and_old_ones_stay(
    client: TestClient, library: Library, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "DOORWood"
    for number in range(9):
        write(folder / f"DOORWood_Slam_{number}.wav", noise(0.5, seed=number))
    index(folder)
    before = map_of(client, 12)
    (folder / "DOORWood_Slam_0.wav").unlink()
    write(folder / "tone.wav", tone(1.6, 450.0))
    index(folder)
    after = map_of(client, 12, "tone.wav")
    assert after["version"] != before["version"]
    old, new = places(before), places(after)
    assert new.keys() - old.keys() == {"tone.wav"}
    del new["tone.wav"]
    assert new == {name: old[name] for name in new}
    assert "DOORS" in after["categories"]
    for number in range(20, 30):
        write(folder / f"DOORWood_Slam_{number}.wav", noise(0.5, seed=number))
    index(folder)
    map_of(client, 22)
    (file,) = (library.settings.data_dir / "map").glob("*.npz")
    layout = load_layout(file)
    assert layout is not None
    assert not layout.placed.any()  # so many were new that all were laid out anew


def test_the_map_is_there_at_the_next_start(client: TestClient, library: Library) -> None:
    told = map_of(client, 3)
    kept = keeper.MapKeeper(library)
    deadline = time.monotonic() + 240
    while kept.look()[1] is None and time.monotonic() < deadline:
        time.sleep(0.02)
    layout = kept.look()[1]
    kept.close()
    assert layout is not None
    assert layout.version == told["version"]


def test_a_damaged_map_is_made_anew(client: TestClient, library: Library) -> None:
    map_of(client, 3)
    (file,) = (library.settings.data_dir / "map").glob("*.npz")
    file.write_bytes(file.read_bytes()[:100])
    assert load_layout(file) is None
    kept = keeper.MapKeeper(library)
    deadline = time.monotonic() + 240
    while kept.look()[0].state != "ready" and time.monotonic() < deadline:
        time.sleep(0.02)
    layout = kept.look()[1]
    kept.close()
    assert layout is not None
    assert len(layout.ids) == 3
    assert np.isfinite(layout.points).all()


def test_a_map_that_cannot_be_kept_says_so(client: TestClient, library: Library) -> None:
    (library.settings.data_dir / "map").write_text("in the way")
    deadline = time.monotonic() + 240
    while (told := client.get("/map/state").json())["state"] == "computing":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert told["state"] == "failed"
    assert "The map cannot be made" in told["message"]
    shutil.rmtree(library.settings.data_dir / "map", ignore_errors=True)
