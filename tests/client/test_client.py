"""The client against a real server."""

from pathlib import Path

import pytest

from foundsound.catalog.identity import content_id
from foundsound_client import ApiError, Client, models
from tests.process import Cli


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path) -> Cli:
    return Cli(tmp_path / "library", cache_dir)


def test_a_program_searches_tags_follows_and_fetches(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    noise = content_id(bytes(sounds / "noise.wav"), 2**30)
    with cli.serving() as http, Client(str(http.base_url)) as client:
        assert client.get_stats().sounds == 3
        at = client.get_changes(since="now").cursor
        (hit,) = client.get_search(q="fmt:wav").hits
        assert (hit.sound_id, hit.path) == (noise, str(sounds / "noise.wav"))
        part = models.ItemPart(sound_id=noise)
        asked = models.SearchRequest(parts=[part], limit=2, show_weak=True)
        near = client.post_search(asked).hits
        assert noise not in [each.sound_id for each in near]
        with (sounds / "noise.wav").open("rb") as file:
            heard = client.post_search_audio(file=[("noise.wav", file)], limit=1)
        assert heard.hits[0].sound_id == noise
        edited = client.patch_sounds(models.SoundsEdit(ids=[noise], add_tags=["wet"]))
        assert edited.sounds == 1
        assert client.get_sounds_by_sound_id(noise).tags == ["wet"]
        changes = client.get_changes(since=at).changes
        assert [(each.kind, each.sound_id) for each in changes] == [("tagged", noise)]
        with client.get_sounds_by_sound_id_audio(noise) as blocks:
            assert b"".join(blocks) == (sounds / "noise.wav").read_bytes()
        with pytest.raises(ApiError, match="no sound 0123") as refused:
            client.get_sounds_by_sound_id("0123")
        assert refused.value.status == 404
        with Client(str(http.base_url), path_map={str(sounds): "/Volumes/SFX"}) as mapped:
            (there,) = mapped.get_search(q="fmt:wav").hits
            assert there.path == "/Volumes/SFX/noise.wav"
        with pytest.raises(ApiError, match="since=now") as gone:
            client.get_changes(since="00000000-1")
        assert gone.value.status == 410
