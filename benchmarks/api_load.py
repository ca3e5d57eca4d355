"""How many requests a server answers, and how fast, when many people use it at once.

A real ``foundsound serve`` on a real PostgreSQL, its vectors in Qdrant Edge (no Qdrant server is at
hand), is asked on loopback by locust, whose ``--clients`` people (``load_users.py``) do one thing
after the other without a pause: search by text, by sound and by filter, look at sounds, listen,
tag. Then the same while it indexes. Baseline in the same run: «one client», who has the server
alone. locust runs on the same cores.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.served import Served, serving
from benchmarks.short_sounds import write_short_sounds
from foundsound.library import Library
from tests.postgres_server import PostgresServer

HEARD = 20  # real files, to be listened to
USERS = Path(__file__).with_name("load_users.py")
PERCENTILES = ("50%", "95%", "99%")
SETTLE_S = 60.0


@dataclass(frozen=True)
class Load:
    """What locust tells of one phase: a row for each kind of request, the last one of all."""

    rows: list[dict[str, str]]
    failures: list[dict[str, str]]


def main() -> None:
    """Make a library, ask it in three phases, print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=30, help="of each phase")
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
    phases = (
        ("one client", 1),
        (f"{options.clients} clients", options.clients),
        (f"{options.clients} clients, while it indexes", options.clients),
    )
    tables = []
    with serving(settings) as served:
        heard = _heard(served, folder / "heard")
        for phase, (label, clients) in enumerate(phases):
            run_id = served.start_index(folder / "short") if phase == 2 else None
            load = _load(served, heard, folder / f"phase-{phase}", phase, clients, options)
            tables.append(_table(label, load))
            if run_id is not None:
                told = served.progress(run_id)
    ended = ", which ended before the phase did" if told["state"] == "done" else ""
    out.print(
        f"{options.sounds:,} sounds, PostgreSQL and Qdrant Edge; {told['embedded']} of "
        f"{options.ingest_files} files of 3 s indexed in the last phase{ended}; {conditions()}"
    )
    for table in tables:
        out.print(table)


def _heard(served: Served, folder: Path) -> list[str]:
    """Index the files that can be listened to; returns the sounds' ids."""
    run_id = served.start_index(folder)
    while served.is_indexing(run_id):
        time.sleep(0.2)
    listed = httpx.get(
        f"{served.url}/search", params={"q": "name:short*", "sort": "name", "limit": HEARD}
    )
    heard = [str(hit["sound_id"]) for hit in listed.raise_for_status().json()["hits"]]
    if len(heard) != HEARD:
        raise RuntimeError(f"Of {HEARD} files that were indexed, {len(heard)} are found.")
    return heard


def _load(
    served: Served,
    heard: list[str],
    result: Path,
    phase: int,
    clients: int,
    options: argparse.Namespace,
) -> Load:
    """Have so many people ask for so long.

    Raises:
        RuntimeError: locust failed.
    """
    command = [
        *(sys.executable, "-m", "locust", "--locustfile", str(USERS), "--host", served.url),
        *("--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0"),
        *("--users", str(clients), "--spawn-rate", str(clients)),
        *("--run-time", f"{options.seconds}s", "--stop-timeout", "60", "--csv", str(result)),
        *("--token", served.token, "--sounds", str(options.sounds), "--phase", str(phase)),
        *("--heard", *heard),
    ]
    limit_s = options.seconds + SETTLE_S
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    if done.returncode:
        raise RuntimeError(f"locust ended with {done.returncode}: {done.stderr}")
    return Load(_rows(result, "stats"), _rows(result, "failures"))


def _rows(result: Path, kind: str) -> list[dict[str, str]]:
    with Path(f"{result}_{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(label: str, load: Load) -> Table:
    *kinds, every = load.rows
    rate, failed = float(every["Requests/s"]), every["Failure Count"]
    table = Table(title=f"{label}: {rate:.0f} requests/s, {failed} errors")
    for column in ("", "requests", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="right" if column else "left")
    for row in [*kinds, every | {"Name": "all"}]:
        table.add_row(row["Name"], row["Request Count"], *(row[each] for each in PERCENTILES))
    for failure in load.failures:
        table.add_row(f"{failure['Name']}: {failure['Error']}", failure["Occurrences"])
    return table


if __name__ == "__main__":
    main()
