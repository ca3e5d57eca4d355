"""Uploads that are meant to do harm: forms that are none, and hours of audio in a few kilobytes."""

import json
import os
import random
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf

from tests.faults.served import ServedApi, served
from tests.process import Cli
from tests.signals import noise, write

FORMS = int(os.environ.get("FOUNDSOUND_TEST_FORMS", "150"))
SEED = int(os.environ.get("FOUNDSOUND_TEST_FAULT_SEED", "1"))
MOST_GROWTH = 200 * 2**20
ANSWER_S = 60.0  # far more than any takes; decoding what they unpack to would take longer
PATHS = ("/search/audio", "/classify", "/enrolled", "/alerts/audio", "/metadata/import")
BOUNDARY = b"7MA4YWxkTrZu0gW"
FORM = (
    b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
    b"Content-Type: audio/wav\r\n\r\nRIFF....WAVE\r\n"
    b'--%b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"labels": ["a"]}\r\n'
    b"--%b--\r\n"
) % (BOUNDARY, BOUNDARY, BOUNDARY)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[ServedApi]:
    folder = tmp_path_factory.mktemp("hostile")
    cli = Cli(folder / "library", cache_dir, {"FOUNDSOUND_THREADS": "1"})
    write(folder / "sounds" / "noise.wav", noise(1.0))
    assert cli.run("index", folder / "sounds").returncode == 0
    with served(cli, folder / "log") as api:
        yield api


def malformed(rng: random.Random) -> tuple[str, bytes]:
    """A content type and a body, which do not go together or make no form."""
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    body = bytearray(FORM)
    match rng.randrange(9):
        case 0:
            del body[rng.randrange(len(body)) :]
        case 1:
            for _ in range(rng.randrange(1, 20)):
                body[rng.randrange(len(body))] = rng.randrange(256)
        case 2:
            kind = rng.choice(["multipart/form-data", "multipart/form-data; boundary=", kind + "x"])
        case 3:
            body = bytearray(FORM.replace(b"a.wav", b"x" * rng.choice([5_000, 500_000])))
        case 4:
            body = bytearray(FORM.replace(b"a.wav", bytes(rng.randrange(256) for _ in range(30))))
        case 5:
            part = b'--%b\r\nContent-Disposition: form-data; name="%d"\r\n\r\n\r\n'
            body = bytearray(b"".join(part % (BOUNDARY, n) for n in range(1500)) + FORM)
        case 6:
            body = bytearray(FORM.replace(b"audio/wav", b"audio/wav\r\nX-Long: " + b"y" * 100_000))
        case 7:
            kind = rng.choice(["application/json", "text/plain", "", "multipart/mixed; boundary=x"])
        case 8:
            body = bytearray(rng.randbytes(rng.randrange(2000)))
    return kind, bytes(body)


@pytest.mark.timeout(120 + FORMS)
def test_malformed_forms(api: ServedApi, told: list[str]) -> None:
    rng, statuses = random.Random(SEED), set[int]()
    with api.client() as client:
        for _ in range(FORMS):
            kind, body = malformed(rng)
            answer = client.post(rng.choice(PATHS), content=body, headers={"Content-Type": kind})
            statuses.add(answer.status_code)
            assert answer.status_code in (200, 201, 400, 413, 415, 422), (kind, body, answer.text)
            if answer.is_error:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["detail"]
    told.append(f"{FORMS} malformed forms, answered with {sorted(statuses)}")
    assert api.violations() == []


def silent_flac(path: Path) -> None:
    """Ten hours of silence in less than a megabyte."""
    with sf.SoundFile(path, "w", 8000, 1, "PCM_16", format="FLAC") as file:
        for _ in range(600):
            file.write(np.zeros(60 * 8000, np.int16))


def silent_opus(path: Path) -> None:
    """Twenty minutes of silence in some 100 kB."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono", bit_rate=6_000)
        for number in range(1200):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = 48_000, number * 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def wav(rate: int, channels: int, data_bytes: int, held: bytes, bits: int = 16) -> bytes:
    """A header that says so, before what is really there."""
    frame = channels * bits // 8
    fmt = struct.pack(
        "<HHIIHH", 1, channels, rate, min(rate * frame, 2**32 - 1), frame & 0xFFFF, bits
    )
    size = min(36 + data_bytes, 2**32 - 1)
    head = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", 16) + fmt
    return head + b"data" + struct.pack("<I", data_bytes) + held


def lying_wavs(folder: Path) -> None:
    """Headers that promise gigabytes, or what cannot be."""
    held = bytes(1000)
    lies = {
        "gigabytes": wav(48_000, 2, 2**32 - 16, held),
        "channels": wav(48_000, 65_535, 2**31, held),
        "rate": wav(2**32 - 1, 1, 2**31, held),
        "no-rate": wav(0, 1, 1000, held),
        "no-channels": wav(48_000, 0, 1000, held),
        "no-bits": wav(48_000, 1, 1000, held, bits=0),
        "huge-chunk": b"RIFF\xff\xff\xff\xffWAVELIST" + struct.pack("<I", 2**32 - 1) + held,
    }
    for name, content in lies.items():
        (folder / f"lie-{name}.wav").write_bytes(content)


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bombs")
    silent_flac(folder / "ten hours.flac")
    silent_opus(folder / "twenty minutes.opus")
    lying_wavs(folder)
    return folder


@pytest.mark.timeout(600)
def test_bombs_of_audio_are_refused(api: ServedApi, bombs: Path, told: list[str]) -> None:
    before, slowest = api.memory(), 0.0
    for path in sorted(bombs.iterdir()):
        assert path.stat().st_size < 2**21
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            ("/search/audio", {}),
            ("/search/audio", {"query": '{"parts": [{"type": "clip", "start_s": 35990}]}'}),
            ("/classify", {"request": '{"labels": ["a", "b"]}'}),
            ("/enrolled", {"request": '{"name": "bomb", "examples": [{"file": 0}]}'}),
        )
        for url, fields in asked:
            started = time.monotonic()
            with api.client() as client:
                answer = client.post(
                    url, files={"file": (path.name, path.read_bytes())}, data=fields
                )
            slowest = max(slowest, time.monotonic() - started)
            lies = path.name.startswith("lie-")  # and may hold something to hear
            allowed = {200, 201, 422} if lies else {422}
            assert answer.status_code in allowed, (path.name, answer.text)
            if "start_s" in str(fields) and path.suffix == ".flac":
                assert "is silent" in answer.text  # ten seconds are none too many to be heard
            assert api.memory() - before < MOST_GROWTH, path.name
    told.append(f"bombs of audio: slowest answer {slowest:.1f} s")
    assert slowest < ANSWER_S
    assert api.violations() == []


@pytest.mark.timeout(600)
def test_bombs_in_a_folder_stop_nothing(
    tmp_path: Path, cache_dir: Path, bombs: Path, told: list[str]
) -> None:
    cli = Cli(
        tmp_path / "library",
        cache_dir,
        {"FOUNDSOUND_THREADS": "1", "FOUNDSOUND_MAX_DURATION_S": "60"},
    )
    for path in bombs.iterdir():
        (tmp_path / "sounds").mkdir(exist_ok=True)
        (tmp_path / "sounds" / path.name).hardlink_to(path)
    write(tmp_path / "sounds" / "z good.wav", noise(1.0))
    started = time.monotonic()
    done = cli.run("index", tmp_path / "sounds")
    told.append(f"a folder of bombs: indexed in {time.monotonic() - started:.1f} s")
    assert "Traceback" not in done.stderr
    listed = cli.run("failed", "--json").stdout.splitlines()
    failed = {Path(json.loads(line)["path"]).name for line in listed}
    assert {"ten hours.flac", "twenty minutes.opus", "lie-channels.wav", "lie-rate.wav"} <= failed
    assert "z good.wav" not in failed
    assert cli.json("search", "noise", "--weak")["hits"]
