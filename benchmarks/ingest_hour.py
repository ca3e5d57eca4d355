"""One hour of 48 kHz stereo through the real pipeline: speed, and peak memory against 300 MB.

Baseline «whole file»: soundfile.read of everything as float32, one soxr resample, the same windows
into the same embedder. It hashes and stores nothing, which is generous to it. Each runs in a
process of its own whose weights are loaded before the clock starts.

Exit code 1 when the pipeline's process and its decoding children ever held 300 MB or more.
"""

import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.child_memory import ChildMemory
from benchmarks.measure import MB, conditions, in_child, out, peak_rss_mb, progress_bar, rss_mb
from benchmarks.signals import HOUR_BYTES, HOUR_RATE, HOUR_S, write_hour
from benchmarks.watched_embedder import WatchedEmbedder
from foundsound.audio.windows import cut_windows
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest.run import index_paths

TARGET_MB = 300.0


@dataclass(frozen=True)
class Run:
    """What one process needed for the hour."""

    model: str
    windows: int  # embedded
    seconds: float
    embed_seconds: float  # of these, inside the embedder
    before_mb: float  # model loaded, file not yet touched
    children_mb: float  # the most that its decoding children had together
    peak_mb: float  # of the process's whole life, and its children

    @property
    def speed(self) -> float:
        """Seconds of audio per second."""
        return HOUR_S / self.seconds


def main() -> int:
    """Write the hour, run both, print the comparison."""
    with tempfile.TemporaryDirectory(prefix="foundsound-hour-") as name:
        folder = Path(name)
        free = shutil.disk_usage(folder).free
        if free < 2 * HOUR_BYTES:
            out.print(f"{folder} has {free / MB:,.0f} MB free; {2 * HOUR_BYTES / MB:,.0f} needed.")
            return 2
        sounds = folder / "sounds"
        sounds.mkdir()
        with progress_bar() as bar:
            task = bar.add_task("Writing the hour", total=HOUR_S)
            for seconds in write_hour(sounds / "hour.wav"):
                bar.update(task, completed=seconds)
        in_child(_convert_weights)
        pipeline = in_child(_pipeline, folder)
        whole = in_child(_whole_file, sounds / "hour.wav")
    out.print(f"One hour, {HOUR_RATE} Hz stereo 16 bit; {pipeline.model}; {conditions()}")
    out.print(_table(pipeline, whole))
    fits = pipeline.peak_mb < TARGET_MB
    verdict = "PASS" if fits else "FAIL"
    out.print(f"{verdict}: peak {pipeline.peak_mb:.0f} MB, target under {TARGET_MB:.0f} MB")
    return 0 if fits else 1


def _convert_weights() -> None:
    """Encoders are converted once an installation; that must not count as memory of a run."""
    settings = bench_settings()
    _load(create_embedder(settings.model, settings))


def _pipeline(folder: Path) -> Run:
    with Library(bench_settings(data_dir=folder / "library")) as library, progress_bar() as bar:
        task = bar.add_task("Pipeline, windows", total=None)
        embedder = WatchedEmbedder(library.embedder, lambda n: bar.update(task, completed=n))
        _load(library.embedder)
        library.space.embedder = embedder
        before = rss_mb()
        progress = IndexProgress()
        stop = threading.Event()
        with ChildMemory() as children:
            index_paths(library, [folder / "sounds"], progress, lambda _: None, stop)
    if progress.embedded != 1 or progress.problem_count:
        raise RuntimeError(f"The hour was not indexed: {progress.problems}")
    return _run(embedder, progress.seconds, before, children.peak_mb)


def _whole_file(path: Path) -> Run:
    settings = bench_settings()
    with progress_bar() as bar:
        task = bar.add_task("Whole file, windows", total=None)
        inner = create_embedder(settings.model, settings)
        embedder = WatchedEmbedder(inner, lambda n: bar.update(task, completed=n))
        _load(inner)
        before = rss_mb()
        started = time.perf_counter()
        samples, rate = sf.read(path, dtype="float32", always_2d=True)
        mono = samples @ np.full(samples.shape[1], 1 / samples.shape[1], np.float32)
        del samples
        mono = soxr.resample(mono, rate, embedder.sample_rate)
        windows = cut_windows([mono], embedder.sample_rate, embedder.window_s)
        while batch := list(islice(windows, embedder.batch_windows)):
            embedder.embed_audio([window.samples for window in batch])
        seconds = time.perf_counter() - started
    return _run(embedder, seconds, before)


def _load(embedder: Embedder) -> None:
    embedder.embed_audio([np.zeros(round(embedder.window_s * embedder.sample_rate), np.float32)])


def _run(
    embedder: WatchedEmbedder, seconds: float, before_mb: float, children_mb: float = 0.0
) -> Run:
    return Run(
        model=embedder.version,
        windows=embedder.windows,
        seconds=seconds,
        embed_seconds=embedder.seconds,
        before_mb=before_mb,
        children_mb=children_mb,
        peak_mb=peak_rss_mb() + children_mb,
    )


def _table(pipeline: Run, whole: Run) -> Table:
    table = Table("", "foundsound", "baseline: whole file", "ratio")
    table.add_row("windows embedded", str(pipeline.windows), str(whole.windows), "")
    for label, ours, theirs, ratio in (
        ("seconds", pipeline.seconds, whole.seconds, whole.seconds / pipeline.seconds),
        ("of these in the model", pipeline.embed_seconds, whole.embed_seconds, None),
        ("audio s per s", pipeline.speed, whole.speed, pipeline.speed / whole.speed),
        ("RSS before the file, MB", pipeline.before_mb, whole.before_mb, None),
        ("peak RSS of children, MB", pipeline.children_mb, whole.children_mb, None),
        (
            "peak RSS with children, MB",
            pipeline.peak_mb,
            whole.peak_mb,
            whole.peak_mb / pipeline.peak_mb,
        ),
    ):
        factor = "" if ratio is None else f"{ratio:.2f}"
        table.add_row(label, f"{ours:,.1f}", f"{theirs:,.1f}", factor)
    return table


if __name__ == "__main__":
    sys.exit(main())
