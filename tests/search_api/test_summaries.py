from pathlib import Path

from fastapi.testclient import TestClient

from foundsound.catalog.identity import content_id
from tests.conftest import Index
from tests.search_api.conftest import TOKEN
from tests.signals import noise, write

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def test_summaries_tell_category_tags_and_mark_in_the_order_asked(
    client: TestClient, index: Index, sounds: Path
) -> None:
    door = write(sounds / "DOORWood_Slam_FSND_01.wav", noise(0.5, seed=7))
    index(sounds)
    named, plain = (content_id(bytes(path), 2**30) for path in (door, sounds / "noise.wav"))
    edit = {"add_tags": ["wet"], "favourite": True}
    assert client.patch(f"/sounds/{named}", json=edit, headers=AUTH).status_code == 200
    told = client.post("/sounds/summaries", json={"ids": [plain, "no such sound", named]}).json()
    assert [each["sound_id"] for each in told] == [plain, named]
    assert (told[0]["category"], told[0]["tags"], told[0]["favourite"]) == (None, [], False)
    assert (told[1]["category"], told[1]["tags"], told[1]["favourite"]) == ("DOORS", ["wet"], True)
    assert told[1]["path"] == str(door)
    assert told[1]["duration_s"] == 0.5
    assert not told[1]["offline"]


def test_too_many_ids_are_refused(client: TestClient) -> None:
    answer = client.post("/sounds/summaries", json={"ids": ["a"] * 1001})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("ids: ")
