"""How many files a second workers can claim from one PostgreSQL, and settle.

Nothing is read or embedded: the figure is the limit that the queue sets to any number of workers.
Baselines over the same rows in the same run: «one worker», and «a file a claim» by as many workers.
The server is the tests' own, on the same cores and without fsync.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

from rich.table import Table
from sqlalchemy import update

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, add_files
from foundsound.catalog.models import Location, Root, Work
from foundsound.catalog.queue import claim, database_now, settle
from foundsound.catalog.spaces import ensure_space
from ingest.leases import MAX_FILES
from tests.postgres_server import PostgresServer

LEASE_S = 600.0
_ready: Barrier | None = None  # all workers of a process pool begin together


@dataclass(frozen=True)
class Claimed:
    """What workers did together: files a second, and those that two of them had (0)."""

    rate: float
    files: int
    twice: int


def claim_rates(rows: int, workers: int, seconds: float) -> Iterator[tuple[str, Claimed]]:
    """Each contender, for so long, over a queue of so many rows; the baselines come last."""
    server = PostgresServer()
    try:
        server.start()
        url = server.url(server.create_database())
        space_id = _fill(url, rows)
        for label, count, limit in (
            (f"{workers} workers", workers, MAX_FILES),
            ("one worker", 1, MAX_FILES),
            (f"{workers} workers, a file a claim", workers, 1),
        ):
            _refill(url)
            yield label, _together(url, space_id, count, limit, seconds)
    finally:
        server.remove()


def claim_table(claimed: dict[str, Claimed]) -> Table:
    """Rates, and how many times as fast the first one is."""
    table = Table("claimed and settled, PostgreSQL", "files", "files/s", "ratio", "claimed twice")
    best = next(iter(claimed.values())).rate
    for label, one in claimed.items():
        table.add_row(
            label,
            f"{one.files:,}",
            f"{one.rate:,.0f}",
            f"{best / one.rate:.1f}",
            f"{one.twice}",
        )
    return table


def _open(url: str) -> Catalog:
    return Catalog(Path(tempfile.gettempdir()), url)  # the folder stays unused


def _fill(url: str, rows: int) -> int:
    catalog = _open(url)
    with catalog.write() as session:
        root = Root(path=b"/sounds")
        session.add(root)
        session.flush()
        space_id = ensure_space(session, "bench", "bench", 8).id
        names = (f"{number // 1000:04}/{number:06}.wav".encode() for number in range(rows))
        add_files(session, root.id, [SeenFile(name, 1, 1) for name in names])
    catalog.close()
    return space_id


def _refill(url: str) -> None:
    catalog = _open(url)
    with catalog.write() as session:
        pending = {"work": Work.PENDING, "due_at": database_now(session), "lease_owner": None}
        session.execute(update(Location).values(pending))
    catalog.close()


def _together(url: str, space_id: int, workers: int, limit: int, seconds: float) -> Claimed:
    context = get_context("spawn")
    ready = context.Barrier(workers)
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(ready,)
    ) as pool:
        work = [
            pool.submit(_work, url, space_id, f"worker {number}", limit, seconds)
            for number in range(workers)
        ]
        done = [one.result() for one in work]
    ids = [id_ for taken, _ in done for id_ in taken]
    rate = sum(len(taken) / spent for taken, spent in done)
    return Claimed(rate, len(ids), len(ids) - len(set(ids)))


def _begin(ready: Barrier) -> None:
    global _ready
    _ready = ready


def _work(
    url: str, space_id: int, worker: str, limit: int, seconds: float
) -> tuple[list[int], float]:
    """What one worker claims and settles in so many seconds, and those that it took."""
    catalog = _open(url)
    catalog.check()
    assert _ready is not None
    _ready.wait()
    begun = perf_counter()
    taken: list[int] = []
    while perf_counter() - begun < seconds:
        with catalog.write() as session:
            now = database_now(session)
            files = claim(session, worker, space_id, limit, LEASE_S, now)
        if not files:
            break
        ids = [file.location_id for file in files]
        with catalog.write() as session:
            settle(session, worker, ids, space_id, now)
        taken += ids
    spent = perf_counter() - begun
    catalog.close()
    return taken, spent
