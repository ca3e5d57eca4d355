"""How many requests a server answers, and how fast, when many people use it at once.

A real ``foundsound serve`` on a real PostgreSQL, its vectors in Qdrant Edge (no Qdrant server is at
hand), is asked on loopback by ``--clients`` people who do one thing after the other without a
pause: search by text, by sound and by filter, look at sounds, listen, tag. Then the same while it
indexes. Baseline in the same run: «one client», who has the server alone. The clients run on the
same cores.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.query_texts import query_texts
from benchmarks.random_vectors import sound_id
from benchmarks.served import Served, serving
from benchmarks.short_sounds import write_short_sounds
from foundsound.library import Library
from tests.postgres_server import PostgresServer

HEARD = 20  # real files, to be listened to
FILTERS = ("cat:DOOR* dur:<5", "sr:>=96k ch:stereo", "lufs:<-30 fmt:flac", "dur:2..10 fmt:wav")
Ask = Callable[[httpx.AsyncClient, random.Random], Awaitable[httpx.Response]]


@dataclass
class Load:
    """What was asked in one phase: seconds by kind, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wall_s: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return sum(map(len, self.seconds.values())) / self.wall_s


def main() -> None:
    """Make a library, ask it in three phases, print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30, help="of each phase")
    parser.add_argument("--ingest-files", type=int, default=300)
    options = parser.parse_args()
    server = PostgresServer()
    try:
        server.start()
        with tempfile.TemporaryDirectory(prefix="foundsound-load-") as name:
            _run(Path(name), server.url(server.create_database()), options)
    finally:
        server.remove()


def _run(folder: Path, database_url: str, options: argparse.Namespace) -> None:
    settings = bench_settings(data_dir=folder / "library", database_url=database_url)
    with progress_bar() as bar:
        write_short_sounds(folder / "heard", HEARD, bar)
        write_short_sounds(folder / "short", options.ingest_files + HEARD, bar)
        with Library(settings) as library:
            fill(library, options.sounds, folder, bar)
    with serving(settings) as served:
        _index(served, folder / "heard")
        asks = _asks(served, options.sounds)
        quiet = asyncio.run(_load(served, asks, 1, options.seconds))
        busy = asyncio.run(_load(served, asks, options.clients, options.seconds))
        run_id = served.start_index(folder / "short")
        ingesting = asyncio.run(_load(served, asks, options.clients, options.seconds))
        still = served.is_indexing(run_id)
    ended = "" if still else ", which ended before the phase did"
    out.print(
        f"{options.sounds:,} sounds, PostgreSQL and Qdrant Edge; {options.ingest_files} files "
        f"of 3 s indexed meanwhile{ended}; {conditions()}"
    )
    for label, load in (
        ("one client", quiet),
        (f"{options.clients} clients", busy),
        (f"{options.clients} clients, while it indexes", ingesting),
    ):
        out.print(_table(label, load))


def _index(served: Served, folder: Path) -> None:
    run_id = served.start_index(folder)
    while served.is_indexing(run_id):
        time.sleep(0.2)


def _asks(served: Served, sounds: int) -> dict[str, tuple[int, Ask]]:
    """What people do, and how often of a hundred times."""
    texts = query_texts(200)
    listed = httpx.get(
        f"{served.url}/search", params={"q": "name:short*", "sort": "name", "limit": HEARD}
    )
    heard = [hit["sound_id"] for hit in listed.raise_for_status().json()["hits"]]

    def made(rng: random.Random) -> str:
        return sound_id(rng.randrange(sounds))

    async def by_text(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        text = f"{rng.choice(texts)} {rng.randrange(10_000)}"  # new: no answer is remembered
        return await client.post("/search", json={"text": text, "show_weak": True})

    async def by_sound(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        body = {"parts": [{"type": "item", "sound_id": made(rng)}], "show_weak": True}
        return await client.post("/search", json=body)

    async def by_filter(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        asked: dict[str, str | int] = {"q": rng.choice(FILTERS), "sort": "name", "limit": 50}
        return await client.get("/search", params=asked)

    async def look(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        return await client.get(f"/sounds/{made(rng)}")

    async def listen(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        ranged = {"Range": "bytes=0-65535"}
        return await client.get(f"/sounds/{rng.choice(heard)}/audio", headers=ranged)

    async def tag(client: httpx.AsyncClient, rng: random.Random) -> httpx.Response:
        body = {"add_tags": [f"tag {rng.randrange(500)}"]}
        return await client.patch(f"/sounds/{made(rng)}", json=body)

    return {
        "search by text": (40, by_text),
        "search by sound": (15, by_sound),
        "filter": (10, by_filter),
        "look at a sound": (20, look),
        "listen (64 kB)": (10, listen),
        "tag": (5, tag),
    }


async def _load(
    served: Served, asks: dict[str, tuple[int, Ask]], clients: int, seconds: float
) -> Load:
    load = Load()
    until = time.perf_counter() + seconds
    names, weights = list(asks), [weight for weight, _ in asks.values()]

    async def person(number: int) -> None:
        rng = random.Random(number)
        headers = {"Authorization": f"Bearer {served.token}"}
        async with httpx.AsyncClient(
            base_url=served.url, headers=headers, timeout=60, trust_env=False
        ) as client:
            while time.perf_counter() < until:
                (name,) = rng.choices(names, weights)
                begun = time.perf_counter()
                try:
                    answer = await asks[name][1](client, rng)
                    wrong = "" if answer.is_success else str(answer.status_code)
                except httpx.HTTPError as error:
                    wrong = type(error).__name__
                load.seconds[name].append(time.perf_counter() - begun)
                if wrong:
                    load.errors[f"{name}: {wrong}"] += 1

    begun = time.perf_counter()
    await asyncio.gather(*(person(number) for number in range(clients)))
    load.wall_s = time.perf_counter() - begun
    return load


def _table(label: str, load: Load) -> Table:
    table = Table(title=f"{label}: {load.rate:.0f} requests/s, {sum(load.errors.values())} errors")
    for column in ("", "requests", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="right" if column else "left")
    every = [seconds for kind in load.seconds.values() for seconds in kind]
    for name, seconds in [*sorted(load.seconds.items()), ("all", every)]:
        told = 1000 * np.percentile(seconds, (50, 95, 99))
        table.add_row(name, f"{len(seconds):,}", *(f"{each:.1f}" for each in told))
    for wrong, count in sorted(load.errors.items()):
        table.add_row(wrong, str(count), "", "", "")
    return table


if __name__ == "__main__":
    main()
