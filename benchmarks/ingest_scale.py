"""Scans of large roots: how fast, and with how much memory; and how fast their queue is claimed.

The files are tiny and nothing is embedded: a scan looks at names and stats, whatever is in a file.
Baselines, each over the same tree in the same run: «os.walk + stat» looks at every file and
compares it with nothing; «lists» does what foundsound did before: all files in one list, all rows
in one dictionary, then the difference. Ratios are to os.walk + stat; processor time tells more
than the clock when the machine has other work. «opened» counts the files below the root that were
opened, of any name. Claims and their baselines: see ``claim_rate.py``.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from rich.table import Table
from sqlalchemy import select

from benchmarks.claim_rate import claim_rates, claim_table
from benchmarks.measure import conditions, in_child, out, peak_rss_mb, progress_bar, rss_mb
from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from ingest.findings import Found
from ingest.scan import Scan, scan_parts, scan_root

FILES_A_FOLDER = 200
FOLDERS_A_VENDOR = 50  # of 10,000 files: the folder that is renamed
SHARE = 0.5


@dataclass(frozen=True)
class Timed:
    """What a scan took, in a process of its own."""

    seconds: float
    cpu_seconds: float
    rss_before_mb: float
    peak_mb: float
    new: int = 0
    moved: int = 0
    unchanged: int = 0
    opened: int = 0


def main() -> None:
    """Write the trees, scan them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000, help="files of the small tree")
    parser.add_argument("--rounds", type=int, default=3, help="rescans, of which the median counts")
    parser.add_argument("--workers", type=int, default=8, help="that claim files at once")
    parser.add_argument("--seconds", type=float, default=5.0, help="of claims, each way")
    options = parser.parse_args()
    results: dict[int, dict[str, Timed]] = {}
    with tempfile.TemporaryDirectory(prefix="foundsound-scale-") as name, progress_bar() as bar:
        for count in (options.small, options.files):
            folder = Path(name) / str(count)
            writing = bar.add_task(f"Writing {count:,} files", total=count)
            for _ in _write(folder / "root", count):
                bar.advance(writing, FILES_A_FOLDER)
            working = bar.add_task(f"Scanning {count:,} files", total=4 + 2 * options.rounds)
            results[count] = {}
            for label, timed in _contenders(folder, options.rounds):
                results[count][label] = timed
                bar.advance(working)
        claiming = bar.add_task("Claiming", total=3)
        claimed = {}
        for label, one in claim_rates(options.files, options.workers, options.seconds):
            claimed[label] = one
            bar.advance(claiming)
    out.print(f"{options.files:,} files, {FILES_A_FOLDER} a folder, SQLite; {conditions()}")
    out.print(_table(results[options.files], options.files))
    out.print(_memory_table(results))
    out.print(claim_table(claimed))


def _write(root: Path, count: int) -> Iterator[None]:
    for number in range(count):
        if number % FILES_A_FOLDER == 0:
            vendor, folder = divmod(number // FILES_A_FOLDER, FOLDERS_A_VENDOR)
            below = root / f"Vendor {vendor}" / f"Collection {folder:03}"
            below.mkdir(parents=True)
            yield
        (below / f"AMBCity_Some street {number:06}_FSND.wav").write_bytes(b"%d" % number)


def _contenders(folder: Path, rounds: int) -> Iterator[tuple[str, Timed]]:
    (folder / "data").mkdir()
    yield "first scan", in_child(_scan, folder)
    yield "rescan", _median([in_child(_scan, folder) for _ in range(rounds)])
    yield "os.walk + stat", _median([in_child(_walk, folder) for _ in range(rounds)])
    yield "lists", in_child(_lists, folder)
    (folder / "root" / "Vendor 0").rename(folder / "root" / "Vendor 0, renamed")
    yield "renamed folder", in_child(_scan, folder, [b"Vendor 0", b"Vendor 0, renamed"])


def _median(timed: list[Timed]) -> Timed:
    return sorted(timed, key=lambda one: one.seconds)[len(timed) // 2]


def _scan(folder: Path, parts: list[bytes] | None = None) -> Timed:
    catalog = Catalog(folder / "data")
    with catalog.write() as session:
        root = root_settings(session, root_for(session, os.fsencode(folder / "root")).id)
    assert root is not None
    scan = Scan(catalog, root, SHARE)
    opened = _count_opened(root.path)
    before = rss_mb()
    started, cpu = perf_counter(), process_time()
    found: Found = scan_parts(scan, parts) if parts else scan_root(scan)
    spent = (perf_counter() - started, process_time() - cpu)
    catalog.close()
    if found.problems:
        raise RuntimeError(found.problems[0].reason)
    counts = (found.new, found.moved, found.unchanged, len(opened))
    return Timed(*spent, before, peak_rss_mb(), *counts)


def _count_opened(root: bytes) -> list[str]:
    """Notes, until the process ends, whatever it opens below a folder."""
    opened: list[str] = []
    below = os.fsdecode(root)

    def note(event: str, arguments: tuple[object, ...]) -> None:
        path = arguments[0] if event == "open" else None
        if isinstance(path, str | bytes) and os.fsdecode(path).startswith(below):
            opened.append(os.fsdecode(path))

    sys.addaudithook(note)
    return opened


def _walk(folder: Path) -> Timed:
    before = rss_mb()
    started, cpu = perf_counter(), process_time()
    count = 0
    for above, _, names in os.walk(os.fsencode(folder / "root")):
        for name in names:
            os.stat(os.path.join(above, name))
            count += 1
    return Timed(
        perf_counter() - started, process_time() - cpu, before, peak_rss_mb(), unchanged=count
    )


def _lists(folder: Path) -> Timed:
    catalog = Catalog(folder / "data")
    root = os.fsencode(folder / "root")
    before = rss_mb()
    started, cpu = perf_counter(), process_time()
    seen = []
    for above, _, names in os.walk(root):
        for name in names:
            path = os.path.join(above, name)
            status = os.stat(path)
            seen.append((os.path.relpath(path, root), status.st_size, status.st_mtime_ns))
    with catalog.read() as session:
        rows = session.execute(select(Location.raw_path, Location.size, Location.mtime_ns))
        known = {raw: (size, mtime_ns) for raw, size, mtime_ns in rows}
    unchanged = sum(known.get(raw) == (size, mtime_ns) for raw, size, mtime_ns in seen)
    spent = (perf_counter() - started, process_time() - cpu)
    catalog.close()
    return Timed(*spent, before, peak_rss_mb(), unchanged=unchanged)


def _table(timed: dict[str, Timed], count: int) -> Table:
    table = Table("", "seconds", "files/s", "ratio", "CPU s", "files/CPU s", "CPU ratio", "opened")
    baseline = timed["os.walk + stat"]
    for label, one in timed.items():
        files = one.new + one.moved + one.unchanged
        rate, cpu_rate = files / one.seconds, files / one.cpu_seconds
        note = f" ({files:,} files)" if files != count else ""
        table.add_row(
            label + note,
            f"{one.seconds:.2f}",
            f"{rate:,.0f}",
            f"{count / baseline.seconds / rate:.1f}",
            f"{one.cpu_seconds:.2f}",
            f"{cpu_rate:,.0f}",
            f"{count / baseline.cpu_seconds / cpu_rate:.1f}",
            f"{one.opened}",
        )
    return table


def _memory_table(results: dict[int, dict[str, Timed]]) -> Table:
    table = Table("MB more at its peak than before", *(f"{count:,} files" for count in results))
    for label in next(iter(results.values())):
        grown = [
            of_count[label].peak_mb - of_count[label].rss_before_mb for of_count in results.values()
        ]
        table.add_row(label, *(f"{mb:.1f}" for mb in grown))
    return table


if __name__ == "__main__":
    main()
