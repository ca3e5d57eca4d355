"""Many short files of mixed formats through the real pipeline, and a second run that skips them.

Baseline «one by one»: each file in turn soundfile.read, soxr.resample, embed, one upsert, with one
inference thread; it hashes nothing and keeps no catalogue. The same with every inference thread
shows how much of the ratio the model's own threads give, and how much the pipeline.
"""

import argparse
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import soundfile as sf
import soxr
from rich.progress import Progress, TaskID
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.signals import write_clips
from foundsound.audio.windows import cut_windows
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.vectors.edge import EdgeIndex
from foundsound.vectors.index import WindowPoint
from ingest.run import index_paths


@dataclass(frozen=True)
class Round:
    """Seconds each contender took, one after the other under the same load."""

    first: float
    second: float  # over the unchanged tree
    one_by_one: float
    one_by_one_all_threads: float


def main() -> None:
    """Write the clips, run every contender ``--rounds`` times in turn, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foundsound-clips-") as name, progress_bar() as bar:
        clips = Path(name) / "clips"
        writing = bar.add_task("Writing clips", total=options.files)
        audio_s = 0.0
        for seconds in write_clips(clips, options.files):
            audio_s += seconds
            bar.advance(writing)
        contenders = _Contenders(clips, bar, options.files)
        rounds = [contenders.round(Path(name) / f"round-{n}") for n in range(options.rounds)]
    out.print(
        f"{options.files} files, {audio_s:,.0f} s of audio; {contenders.model}; {conditions()}"
    )
    out.print(_table(rounds, options.files, audio_s))


class _Contenders:
    """Everything that is timed, on embedders whose weights are already loaded."""

    def __init__(self, clips: Path, bar: Progress, files: int) -> None:
        self._clips = clips
        self._bar = bar
        self._files = files
        self._single = _loaded(bench_settings(threads=1))
        self._all = _loaded(bench_settings(threads=os.cpu_count() or 1))
        self.model = self._all.version

    def round(self, folder: Path) -> Round:
        """Run each once, with its own new index below ``folder``."""
        first, second = self._pipeline(folder / "library")
        single = self._one_by_one(folder / "single", self._single, "One by one")
        every = self._one_by_one(folder / "all", self._all, "One by one, all threads")
        return Round(first, second, single, every)

    def _pipeline(self, folder: Path) -> tuple[float, float]:
        with Library(bench_settings(data_dir=folder)) as library:
            library.space.embedder = self._all
            first = self._index(library, "foundsound, first run")
            second = self._index(library, "foundsound, second run")
        if first.embedded != self._files or second.unchanged != self._files:
            raise RuntimeError(f"Not every clip was indexed: {first.problems}")
        return first.seconds, second.seconds

    def _index(self, library: Library, label: str) -> IndexProgress:
        progress = IndexProgress()
        with self._shown(label) as task:
            index_paths(
                library,
                [self._clips],
                progress,
                lambda counts: self._bar.update(task.id, completed=counts.files_done),
                threading.Event(),
            )
        return progress

    def _one_by_one(self, folder: Path, embedder: Embedder, label: str) -> float:
        index = EdgeIndex(folder, space_key(embedder), embedder.dim)
        with self._shown(label) as task:
            started = perf_counter()
            for number, path in enumerate(sorted(self._clips.rglob("*.*"))):
                index.upsert(_points(f"{number:032x}", path, embedder))
                self._bar.advance(task.id)
            index.optimize()
            seconds = perf_counter() - started
        index.close()
        return seconds

    def _shown(self, label: str) -> "_Shown":
        return _Shown(self._bar, self._bar.add_task(label, total=self._files))


@dataclass
class _Shown:
    """A line of the progress bar that goes when it is done."""

    bar: Progress
    id: TaskID

    def __enter__(self) -> "_Shown":
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.remove_task(self.id)


def _points(sound_id: str, path: Path, embedder: Embedder) -> list[WindowPoint]:
    samples, rate = sf.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, embedder.sample_rate)
    windows = list(cut_windows([mono], embedder.sample_rate, embedder.window_s))
    vectors = embedder.embed_audio([window.samples for window in windows])
    return [
        WindowPoint(sound_id, number, window.start_s, window.end_s, vector)
        for number, (window, vector) in enumerate(zip(windows, vectors, strict=True))
    ]


def _loaded(settings: Settings) -> Embedder:
    embedder = create_embedder(settings.model, settings)
    embedder.embed_audio([np.zeros(embedder.sample_rate, np.float32)])
    return embedder


def _table(rounds: list[Round], files: int, audio_s: float) -> Table:
    table = Table("", "seconds (min to max)", "files/s", "audio s/s", "ratio")
    baseline = median(r.one_by_one for r in rounds)

    def row(label: str, seconds_of: Callable[[Round], float]) -> None:
        values = [seconds_of(r) for r in rounds]
        middle = median(values)
        table.add_row(
            label,
            f"{middle:.2f} ({min(values):.2f} to {max(values):.2f})",
            f"{files / middle:,.1f}",
            f"{audio_s / middle:,.0f}",
            f"{baseline / middle:.2f}",
        )

    row("foundsound, first run", lambda r: r.first)
    row("foundsound, second run", lambda r: r.second)
    row("baseline: one by one", lambda r: r.one_by_one)
    row("one by one, all inference threads", lambda r: r.one_by_one_all_threads)
    return table


if __name__ == "__main__":
    main()
