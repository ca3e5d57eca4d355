"""A library moved: exported, backed up, and imported into a folder and into PostgreSQL.

The library is made up (no audio): names, metadata, analysis, words and 1.4 windows a sound. Every
step is a process of its own, whose memory is its own. Baseline: ``shutil.copytree`` of the folder,
which brings a library into another folder of the same foundsound, and only while nobody writes.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from rich.table import Table
from sqlalchemy import func, select

from benchmarks.anonymous_memory import AnonymousMemory
from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import MB, conditions, in_child, out, peak_rss_mb, progress_bar
from foundsound.catalog.models import Sound
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.transfer.archive import open_source, write_file, write_folder, zipped
from foundsound.transfer.export import exporting
from foundsound.transfer.importing import import_library
from foundsound.transfer.verify import verify
from tests.postgres_server import PostgresServer


@dataclass(frozen=True)
class Step:
    """What one step took."""

    seconds: float
    cpu_s: float  # of this process; PostgreSQL's own is not in it
    peak_mb: float  # pages of mapped files among it
    before_mb: float  # anonymous memory when it began: of an open library, if there is one
    own_mb: float  # the most anonymous memory
    stages: dict[str, float]  # seconds, by what was told of it


def main() -> None:
    """Make, move and compare each size, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000])
    server = PostgresServer()
    try:
        server.start()
        for size in parser.parse_args().sizes:
            with tempfile.TemporaryDirectory(prefix="foundsound-move-") as name:
                _measure(Path(name), size, server.url(server.create_database()))
    finally:
        server.remove()


def _measure(folder: Path, size: int, url: str) -> None:
    here = bench_settings(data_dir=folder / "library")
    in_child(_make, here, size, folder)
    copied = bench_settings(data_dir=folder / "copied")
    studio = bench_settings(data_dir=folder / "studio", database_url=url)
    export, backup, back = folder / "export", folder / "backup.zip", folder / "back"
    steps = {
        "copytree of the folder (baseline)": in_child(_copy, here.data_dir, folder / "copy"),
        "export": in_child(_export, here, export),
        "backup": in_child(_back_up, here, backup),
        "verify": in_child(_verify, backup),
        "import into a folder": in_child(_import, copied, export),
        "import into PostgreSQL": in_child(_import, studio, export),
        "export from PostgreSQL": in_child(_export, studio, back),
    }
    for settings in (copied, studio):
        assert in_child(_count, settings) == size
    sizes = {
        "copytree of the folder (baseline)": _bytes(folder / "copy"),
        "export": _bytes(export),
        "backup": backup.stat().st_size,
        "export from PostgreSQL": _bytes(back),
    }
    _print(size, steps, sizes)


def _print(size: int, steps: dict[str, Step], sizes: dict[str, int]) -> None:
    out.print(f"{size:,} sounds; {conditions()}")
    baseline = next(iter(steps.values()))
    table = Table(
        "", "s", "CPU s", "sounds/s", "baseline", "peak MB", "own MB", "MB written", "of these s"
    )
    for label, step in steps.items():
        table.add_row(
            label,
            f"{step.seconds:.1f}",
            f"{step.cpu_s:.1f}",
            f"{size / step.seconds:,.0f}",
            f"{step.seconds / baseline.seconds:.1f} x",
            f"{step.peak_mb:.0f}",
            f"{step.before_mb:.0f} to {step.own_mb:.0f}",
            f"{sizes[label] / MB:,.0f}" if label in sizes else "",
            ", ".join(f"{what} {seconds:.1f}" for what, seconds in step.stages.items()),
        )
    out.print(table)


def _make(settings: Settings, size: int, folder: Path) -> None:
    with progress_bar() as bar, Library(settings) as library:
        fill(library, size, folder, bar)


def _copy(source: Path, target: Path) -> Step:
    def copy(_: "Stages") -> None:
        shutil.copytree(source, target)
        os.sync()

    return _timed(copy)


def _export(settings: Settings, folder: Path) -> Step:
    def export(stages: "Stages") -> None:
        with exporting(library, stages.told) as parts:
            write_folder(parts, folder)

    with Library(settings) as library:
        return _timed(export)


def _back_up(settings: Settings, file: Path) -> Step:
    def back_up(stages: "Stages") -> None:
        with exporting(library, stages.told) as parts:
            write_file(zipped(parts), file)

    with Library(settings) as library:
        return _timed(back_up)


def _verify(file: Path) -> Step:
    def check(stages: "Stages") -> None:
        with open_source(file) as source:
            verify(source, stages.told)

    return _timed(check)


def _import(settings: Settings, export: Path) -> Step:
    def bring(stages: "Stages") -> None:
        with open_source(export) as source:
            import_library(settings, source, progress=stages.told)

    return _timed(bring)


def _count(settings: Settings) -> int:
    with Library(settings) as library, library.catalog.read() as session:
        return session.scalar(select(func.count(Sound.id))) or 0


class Stages:
    """Seconds between the words of progress, by the words."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._now, self._since = "", perf_counter()

    def told(self, what: str, done: int, total: int) -> None:
        """See :data:`foundsound.transfer.export.Progress`."""
        if what != self._now:
            self.end()
            self._now, self._since = what, perf_counter()

    def end(self) -> None:
        """The last stage is over."""
        if self._now:
            spent = self.seconds.get(self._now, 0.0) + perf_counter() - self._since
            self.seconds[self._now] = spent


def _timed(work: Callable[[Stages], None]) -> Step:
    with AnonymousMemory() as memory:
        stages, begun, cpu = Stages(), perf_counter(), process_time()
        work(stages)
        stages.end()
        seconds, cpu_s = perf_counter() - begun, process_time() - cpu
    return Step(seconds, cpu_s, peak_rss_mb(), memory.before_mb, memory.peak_mb, stages.seconds)


def _bytes(path: Path) -> int:
    """Of the blocks that are taken: files may be sparse."""
    paths = (os.path.join(at, name) for at, _, names in os.walk(path) for name in names)
    return sum(os.stat(file).st_blocks * 512 for file in paths)


if __name__ == "__main__":
    main()
