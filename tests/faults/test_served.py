"""A server that is asked without pause while what it needs is away, and while it is flooded.

It stays up, answers with success or tells in a problem what is wrong and when to come again, keeps
what it acknowledged, and holds bounded memory.
"""

import contextlib
import io
import os
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import soundfile as sf

from search_api.upload_turns import WAIT_S
from tests.faults.served import Ask, ServedApi, Tags, Visitors, served
from tests.faults.test_one_machine import small_disk
from tests.postgres_server import PostgresServer
from tests.process import Cli
from tests.qdrant_process import QdrantProcess
from tests.signals import RATE, noise, tone, write

AWAY_S = float(os.environ.get("FOUNDSOUND_TEST_AWAY_S", "3"))
UPLOADS = int(os.environ.get("FOUNDSOUND_TEST_UPLOADS", "200"))
SEED = int(os.environ.get("FOUNDSOUND_TEST_FAULT_SEED", "1"))
MOST_GROWTH = 300 * 2**20
WORDS = ("rain", "door", "siren", "noise", "tone", "wind", "engine", "glass")


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path) -> Cli:
    return Cli(tmp_path / "library", cache_dir, {"FOUNDSOUND_THREADS": "1"})


def clip(seconds: float = 0.5, seed: int = 0) -> bytes:
    """A short WAV file."""
    held = io.BytesIO()
    sf.write(held, noise(seconds, seed=seed), RATE, format="WAV")
    return held.getvalue()


def a_sound(api: ServedApi) -> str:
    with api.client() as client:
        found = client.post("/search", json={"text": "dur:>0"}).raise_for_status().json()
    return str(found["hits"][0]["sound_id"])


def reading(sound_id: str) -> dict[str, Ask]:
    """What people do: search anew, look, listen, and search by example."""
    example = clip()

    def search(client: httpx.Client, rng: random.Random) -> httpx.Response:
        text = f"{rng.choice(WORDS)} {rng.randrange(1000)}"
        return client.post("/search", json={"text": text, "show_weak": True})

    def listen(client: httpx.Client, rng: random.Random) -> httpx.Response:
        start = rng.randrange(1000)
        headers = {"Range": f"bytes={start}-{start + 5000}"}
        return client.get(f"/sounds/{sound_id}/audio", headers=headers)

    return {
        "search": search,
        "listen": listen,
        "filter": lambda client, _: client.get("/search", params={"q": "dur:>0", "sort": "name"}),
        "look": lambda client, _: client.get(f"/sounds/{sound_id}"),
        "peaks": lambda client, _: client.get(f"/sounds/{sound_id}/peaks"),
        "stats": lambda client, _: client.get("/stats"),
        "example": lambda client, _: client.post("/search/audio", files={"file": example}),
    }


def make_sounds(folder: Path, count: int, seed: int = 0) -> None:
    for number in range(count):
        write(folder / f"noise {seed} {number}.wav", noise(1.0, seed=1000 * seed + number))


@pytest.mark.timeout(900 + 4 * AWAY_S)
def test_servers_that_go_away_while_it_is_asked_and_indexes(
    tmp_path: Path, cli: Cli, told: list[str]
) -> None:
    database, vectors = PostgresServer(), QdrantProcess(tmp_path / "qdrant")
    try:
        database.start()
        vectors.start()
        cli = replace(
            cli,
            variables={
                **cli.variables,
                "FOUNDSOUND_DATABASE_URL": database.url(database.create_database()),
                "FOUNDSOUND_QDRANT_URL": vectors.url,
                "FOUNDSOUND_QDRANT_PREFIX": f"faults-{uuid4().hex[:8]}",
                "FOUNDSOUND_QDRANT_TIMEOUT_S": "3",
                "FOUNDSOUND_LEASE_S": "3",
            },
        )
        write(tmp_path / "first" / "tone.wav", tone(2.0))
        make_sounds(tmp_path / "more", 40)
        assert cli.run("index", tmp_path / "first").returncode == 0
        with served(cli, tmp_path / "log") as api:
            tags = Tags(a_sound(api))
            asks = {**reading(tags.sound_id), "tag": tags.write}
            visitors, before = Visitors(api, asks, SEED), api.memory()
            with visitors.asking(4):
                with api.client() as client:
                    body = {"paths": [str(tmp_path / "more")]}
                    run = client.post("/index", json=body).raise_for_status().json()["run_id"]
                for server in (database, vectors):
                    time.sleep(1.0)
                    server.stop()
                    visitors.wait_until_noticed()
                    time.sleep(AWAY_S)
                    server.start()
                time.sleep(1.0)
                _wait_for(api, run)
            told.append(f"servers away {AWAY_S:g} s each: {visitors}")
            assert not visitors.violations, "\n".join([*visitors.violations, *api.violations()])
            assert visitors.settled() == []
            assert tags.told
            assert tags.lost(api) == set()
            with api.client() as client:
                assert client.get("/stats").json()["sounds"] == 41
            assert api.violations() == []
            assert visitors.most_memory - before < MOST_GROWTH
            assert 503 in {status for (_, status) in visitors.answers}  # it was noticed
    finally:
        vectors.stop()
        database.remove()


@pytest.mark.timeout(900 + 2 * AWAY_S)
def test_a_disk_that_is_full_while_it_is_asked(tmp_path: Path, cli: Cli, told: list[str]) -> None:
    with small_disk(tmp_path / "disk", "160m") as disk:
        (disk / "tmp").mkdir()
        variables = {**cli.variables, "TMPDIR": str(disk / "tmp")}
        cli = replace(cli, data_dir=disk / "library", variables=variables)
        make_sounds(tmp_path / "sounds", 3)
        assert cli.run("index", tmp_path / "sounds").returncode == 0
        with served(cli, tmp_path / "log") as api:
            tags, large = Tags(a_sound(api)), clip(60.0)
            asks = {
                **reading(tags.sound_id),
                "tag": tags.write,
                "large example": lambda client, _: client.post(
                    "/search/audio", files={"file": large}
                ),
            }
            visitors, before = Visitors(api, asks, SEED), api.memory()
            with visitors.asking(4):
                time.sleep(1.0)
                ballast = disk / "ballast"
                _refused(api, large, disk, ballast)
                time.sleep(AWAY_S)
                ballast.unlink()
                time.sleep(1.0)
            told.append(f"a disk full for {AWAY_S:g} s: {visitors}")
            assert not visitors.violations, "\n".join([*visitors.violations, *api.violations()])
            assert visitors.settled() == []
            assert tags.told
            assert tags.lost(api) == set()
            assert api.violations() == []
            assert visitors.most_memory - before < MOST_GROWTH
            assert not list((disk / "tmp").glob("foundsound-query-*"))  # nothing is left behind


@pytest.mark.timeout(900)
def test_many_uploads_at_once(tmp_path: Path, cli: Cli, told: list[str]) -> None:
    make_sounds(tmp_path / "sounds", 3)
    assert cli.run("index", tmp_path / "sounds").returncode == 0
    with served(cli, tmp_path / "log") as api:
        sound_id = a_sound(api)
        asks = {name: ask for name, ask in reading(sound_id).items() if name != "example"}
        visitors, before = Visitors(api, asks, SEED), api.memory()
        clips = [clip(2.0, seed) for seed in range(10)]

        def upload(number: int) -> httpx.Response:
            path = ("/search/audio", "/classify")[number % 2]
            fields = {"request": '{"labels": ["noise", "tone"]}'} if number % 2 else {}
            with api.client() as client:
                return client.post(path, files={"file": clips[number % 10]}, data=fields)

        def one_by_one_s() -> float:
            started = time.monotonic()
            for number in range(4):
                assert upload(number).status_code == 200
            return (time.monotonic() - started) / 4

        alone_s = one_by_one_s()
        with visitors.asking(1), ThreadPoolExecutor(UPLOADS) as pool:
            started = time.monotonic()
            answers = list(pool.map(upload, range(UPLOADS)))
            took_s = time.monotonic() - started
        done = [answer for answer in answers if answer.status_code == 200]
        told.append(f"{UPLOADS} uploads at once in {took_s:.1f} s, {len(done)} done; {visitors}")
        for answer in answers:
            if answer.status_code != 200:
                assert answer.status_code == 503, answer.text
                assert "retry-after" in answer.headers
        alone_s = max(alone_s, one_by_one_s())  # other work may have come upon the machine
        assert len(done) > min(UPLOADS, WAIT_S / alone_s) / 4  # of what there was time for
        assert visitors.violations == []
        assert api.violations() == []
        assert visitors.most_memory - before < MOST_GROWTH


def _refused(api: ServedApi, large: bytes, disk: Path, ballast: Path) -> None:
    """Fill the disk until an upload has no room: those under way give some free as they end."""
    deadline = time.monotonic() + 240
    with api.client() as client, ballast.open("ab", buffering=0) as file:
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                while free := shutil.disk_usage(disk).free:
                    file.write(bytes(min(free, 2**20)))
            answer = client.post("/search/audio", files={"file": large})
            if answer.status_code == 503:
                assert "retry-after" in answer.headers
                return
            assert answer.status_code == 200, answer.text
    raise AssertionError("the full disk was never noticed")


def _wait_for(api: ServedApi, run_id: str) -> None:
    deadline = time.monotonic() + 240
    with api.client() as client:
        while True:
            progress = client.get(f"/index/{run_id}")
            state = progress.json().get("state", "")
            assert state not in ("stopped", "failed"), progress.text
            if state == "done":
                return
            assert time.monotonic() < deadline, progress.text
            time.sleep(0.2)
