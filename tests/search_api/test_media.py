"""What browsers hear and see, of real files in many formats, over real HTTP semantics."""

import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from fastapi.testclient import TestClient
from PIL import Image

from foundsound.catalog.identity import content_id
from foundsound.library import Library
from tests.conftest import Index
from tests.search_api.test_search import assert_problem
from tests.signals import Floats, noise, tone, write, write_with_ffmpeg

Sound = Callable[[Path], str]


@pytest.fixture
def added(client: TestClient, index: Index) -> Sound:
    """Index a file; its sound id."""

    def add(path: Path) -> str:
        index(path)
        return content_id(bytes(path), 2**30)

    return add


def surround(seconds: float) -> Floats:
    """A tone in the right surround channel alone."""
    samples = np.zeros((round(seconds * 48_000), 6), np.float32)
    samples[:, 5] = tone(seconds, 1000.0, 48_000)[:, 0]
    return samples


UNPLAYABLE = (
    ("a.aiff", 44_100, "PCM_16"),
    ("b.caf", 44_100, "PCM_16"),
    ("c.wav", 48_000, "PCM_24"),
    ("d.wav", 96_000, "FLOAT"),
    ("e.wav", 192_000, "PCM_16"),
    ("f.flac", 48_000, "PCM_24"),
    ("g.wav", 4_000, "PCM_16"),
)


def test_what_browsers_do_not_play_becomes_wav(
    client: TestClient, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "formats"
    for name, rate, subtype in UNPLAYABLE:
        write(folder / name, tone(1.0, rate=rate), rate, subtype=subtype)
    index(folder)
    for name, rate, _ in UNPLAYABLE:
        sound_id = content_id(bytes(folder / name), 2**30)
        answer = client.get(f"/sounds/{sound_id}/rendition")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav"), name
        with sf.SoundFile(io.BytesIO(answer.content)) as heard:
            assert (heard.format, heard.subtype, heard.channels) == ("WAV", "PCM_16", 1), name
            assert heard.samplerate == (rate if 8_000 <= rate <= 48_000 else 48_000)
            assert heard.frames == pytest.approx(heard.samplerate, abs=2)
            level = float(np.sqrt(np.mean(heard.read() ** 2)))
        assert level == pytest.approx(0.4 / np.sqrt(2), rel=0.01), name


def test_surround_is_mixed_to_both_sides(added: Sound, client: TestClient, tmp_path: Path) -> None:
    sound_id = added(write(tmp_path / "six.wav", surround(1.0), 48_000))
    heard, _ = sf.read(io.BytesIO(client.get(f"/sounds/{sound_id}/rendition").content))
    assert heard.shape == (48_000, 2)
    assert np.abs(heard[:, 0]).max() < 1e-4
    assert np.abs(heard[:, 1]).max() == pytest.approx(0.4 * 0.7071 / (1 + 2 * 0.7071), rel=0.02)


PLAYABLE = {"a.wav": "wav", "b.flac": "flac", "c.ogg": "ogg", "d.mp3": "mpeg"}


def test_what_browsers_play_is_sent_as_it_is(
    client: TestClient, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "formats"
    for name in PLAYABLE:
        write(folder / name, tone(1.0))
    index(folder)
    for name, kind in PLAYABLE.items():
        sound_id = content_id(bytes(folder / name), 2**30)
        answer = client.get(f"/sounds/{sound_id}/rendition")
        assert answer.headers["content-type"] == f"audio/{kind}"
        assert answer.content == (folder / name).read_bytes()


def test_aac_is_sent_as_it_is_and_a_film_is_not(
    added: Sound, client: TestClient, tmp_path: Path
) -> None:
    song = write_with_ffmpeg(tmp_path / "a.m4a", tone(1.0), "aac")
    assert client.get(f"/sounds/{added(song)}/rendition").content == song.read_bytes()
    film = write_with_ffmpeg(tmp_path / "b.mov", tone(1.5), "aac")
    answer = client.get(f"/sounds/{added(film)}/rendition")
    assert answer.headers["content-type"] in ("audio/wav", "audio/webm")


def test_renditions_have_ranges_and_conditions(
    added: Sound, client: TestClient, tmp_path: Path
) -> None:
    url = f"/sounds/{added(write(tmp_path / 'a.aiff', tone(1.0)))}/rendition"
    whole = client.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(url, headers={"range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    assert_problem(client.get(url, headers={"range": "bytes=999999999-"}), 416, "outside")
    head = client.head(url)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    again = client.get(url, headers={"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("kind", ["audio", "rendition", "peaks", "spectrogram.png"])
def test_what_ranges_and_conditions_are_answered_is_documented(
    client: TestClient, sounds: Path, kind: str
) -> None:
    url = f"/sounds/{content_id(bytes(sounds / 'noise.wav'), 2**30)}/{kind}"
    tag = client.get(url).headers["etag"]
    answered = [
        client.get(url, headers=headers)
        for headers in (
            {},
            {"range": "bytes=0-9"},
            {"if-none-match": tag},
            {"range": "bytes=nonsense"},
            {"range": "bytes=999999999-"},
        )
    ]
    assert [answer.status_code for answer in answered] == [200, 206, 304, 400, 416]
    operation = client.get("/openapi.json").json()["paths"][f"/sounds/{{sound_id}}/{kind}"]["get"]
    for answer in answered:
        told = operation["responses"][str(answer.status_code)].get("content", {})
        kinds = {each.replace("*", "") for each in told}
        given = answer.headers.get("content-type", "")
        assert any(given.startswith(each) for each in kinds) if kinds else given == ""


def test_files_are_tagged_by_their_content(
    added: Sound, client: TestClient, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.wav", tone(1.0))
    sound_id = added(path)
    answer = client.get(f"/sounds/{sound_id}/audio")
    assert answer.headers["etag"] == f'"{sound_id}"'
    assert "immutable" in answer.headers["cache-control"]
    assert (
        client.get(
            f"/sounds/{sound_id}/audio", headers={"if-none-match": f'W/"x", "{sound_id}"'}
        ).status_code
        == 304
    )
    path.write_bytes(path.read_bytes()[:-2] + b"\1\1")
    changed = client.get(f"/sounds/{sound_id}/audio")
    assert changed.status_code == 200
    assert changed.headers["etag"] != f'"{sound_id}"'
    assert "cache-control" not in changed.headers
    assert_problem(client.get(f"/sounds/{sound_id}/peaks"), 404, "was changed since")


def test_peaks_at_two_zooms(added: Sound, client: TestClient, tmp_path: Path) -> None:
    samples = np.concatenate([tone(20.0), 0.5 * tone(20.0)])
    sound_id = added(write(tmp_path / "a.wav", samples))
    overview = client.get(f"/sounds/{sound_id}/peaks").json()
    assert overview["version"] == 2
    assert 500 <= overview["length"] <= 1000
    assert overview["samples_per_pixel"] * overview["length"] >= len(samples)
    low, high = np.array(overview["data"]).reshape(-1, 2).T
    middle = overview["length"] // 2
    assert high[: middle - 1] == pytest.approx(0.4 * 32767, rel=0.01)
    assert high[middle + 1 :] == pytest.approx(0.2 * 32767, rel=0.01)
    assert low == pytest.approx(-high, rel=0.01)
    detail = client.get(f"/sounds/{sound_id}/peaks", params={"zoom": "detail"}).json()
    assert detail["sample_rate"] / detail["samples_per_pixel"] >= 100
    assert detail["length"] >= 4000
    assert_problem(client.get(f"/sounds/{sound_id}/peaks", params={"zoom": "x"}), 422, "zoom")


def test_spectrograms_show_pitch_by_height(
    added: Sound, client: TestClient, tmp_path: Path
) -> None:
    samples = np.concatenate([tone(1.0, 200.0), tone(1.0, 8000.0)])
    sound_id = added(write(tmp_path / "a.wav", samples))
    rows = {}
    for theme in ("dark", "light"):
        answer = client.get(f"/sounds/{sound_id}/spectrogram.png", params={"theme": theme})
        assert answer.headers["content-type"] == "image/png"
        picture = Image.open(io.BytesIO(answer.content))
        assert picture.size == (1200, 256)
        level = np.asarray(picture)  # the colour's number is the level
        rows[theme] = (level[:, 300].argmax(), level[:, 900].argmax())
        corner = picture.convert("RGB").getpixel((300, 2))
        assert isinstance(corner, tuple)
        assert (sum(corner) > 600) == (theme == "light")
    assert rows["dark"] == rows["light"]
    low, high = rows["dark"]
    assert 235 < low < 250
    assert 60 < high < 75


def test_one_file_is_made_however_many_ask(
    added: Sound, client: TestClient, library: Library, tmp_path: Path
) -> None:
    sound_id = added(write(tmp_path / "a.aiff", noise(5.0)))
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(client.get(f"/sounds/{sound_id}/rendition").content)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    made = [path for path in (library.settings.data_dir / "media").rglob("*") if path.is_file()]
    assert [path.name for path in made] == [f"{sound_id}.rendition-audio-1"]


def test_what_was_made_is_there_when_the_drive_is_away(
    added: Sound, client: TestClient, tmp_path: Path
) -> None:
    path = write(tmp_path / "drive" / "a.aiff", tone(1.0))
    sound_id = added(path)
    before = client.get(f"/sounds/{sound_id}/rendition").content
    os.rename(path.parent, tmp_path / "away")
    assert client.get(f"/sounds/{sound_id}/rendition").content == before
    assert_problem(client.get(f"/sounds/{sound_id}/audio"), 404, "is its drive online?")
    assert_problem(client.get(f"/sounds/{sound_id}/peaks"), 404, "is its drive online?")


def test_a_broken_file_costs_itself_only(
    added: Sound, client: TestClient, sounds: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF no audio")
    sound_id = added(broken)
    for kind in ("rendition", "peaks", "spectrogram.png"):
        assert_problem(client.get(f"/sounds/{sound_id}/{kind}"), 422, "not audio")
    good = content_id(bytes(sounds / "noise.wav"), 2**30)
    assert json.loads(client.get(f"/sounds/{good}/peaks").content)["length"] > 0


def test_ids_that_are_none_are_unknown(client: TestClient) -> None:
    for name in ("0123", "..", "%2e%2e", "x" * 32):
        for kind in ("rendition", "peaks", "spectrogram.png"):
            assert client.get(f"/sounds/{name}/{kind}").status_code == 404
