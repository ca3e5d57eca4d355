"""What listening to sounds costs: CPU time a second of audio, beside decoding and beside ingest.

Baseline «librosa»: onsets, tempo, chroma and centroid by librosa, loudness by pyloudnorm, true peak
by oversampling everything; whole sounds in memory. Ingest runs with and without analysis in turn.
"""

import argparse
import os
import resource
import tempfile
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import librosa
import numpy as np
import pyloudnorm
import soundfile as sf
import soxr
from rich.table import Table

from benchmarks.analysis_off import analysis_off
from benchmarks.bench_settings import bench_settings
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.signals import write_clips
from foundsound.analysis.frames import RATE
from foundsound.analysis.listener import Listener
from foundsound.audio.bounds import Bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import cut_windows
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest.run import index_paths

BOUNDS = Bounds(2**40, 1e6, 128, 3600.0)
MODEL_RATE = 48_000


def main() -> None:
    """Write the clips, measure every contender ``--rounds`` times in turn, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ingest-only", action="store_true", help="leave the other parts out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foundsound-clips-") as name, progress_bar() as bar:
        folder = Path(name)
        audio_s = sum(write_clips(folder / "clips", options.files))
        files = sorted(path for path in (folder / "clips").rglob("*") if path.is_file())
        parts: dict[str, Callable[[], None]] = {
            "decode": lambda: _each(files, lambda path: _decode(path, listen=False)),
            "decode and analyse": lambda: _each(files, lambda path: _decode(path, listen=True)),
            "decode and librosa": lambda: _each(files, _librosa),
            "ingest without analysis": lambda: _ingest(folder / "clips", analyse=False),
            "ingest": lambda: _ingest(folder / "clips", analyse=True),
        }
        if options.ingest_only:
            parts = {part: work for part, work in parts.items() if part.startswith("ingest")}
        _decode(files[0], listen=True)  # imports, and librosa's compiler, are not measured here
        _librosa(files[0])
        todo = bar.add_task("Measuring", total=options.rounds * len(parts))
        spent: dict[str, list[float]] = {part: [] for part in parts}
        for _ in range(options.rounds):
            for part, work in parts.items():
                before = _cpu_s()
                work()
                spent[part].append((_cpu_s() - before) / audio_s * 1000)
                bar.advance(todo)
    model = bench_settings().model
    out.print(f"{options.files} files, {audio_s:,.0f} s of audio; {model}; {conditions()}")
    out.print(_table({part: median(each) for part, each in spent.items()}))


def _cpu_s() -> float:
    """CPU time of this process and of the children that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _each(files: list[Path], work: Callable[[Path], None]) -> None:
    for path in files:
        work(path)


def _decode(path: Path, listen: bool) -> None:
    with MonoStream(os.fsencode(path), MODEL_RATE, BOUNDS) as stream:
        listener = Listener(stream.facts, path.stat().st_size) if listen else None
        blocks = stream.blocks(listener.push) if listener else stream.blocks()
        for _ in cut_windows(blocks, MODEL_RATE, 10.0):
            pass
        if listener:
            listener.finish()


def _librosa(path: Path) -> None:
    samples, rate = sf.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, RATE)
    envelope = librosa.onset.onset_strength(y=mono, sr=RATE)
    librosa.onset.onset_detect(onset_envelope=envelope, sr=RATE)
    librosa.feature.tempo(onset_envelope=envelope, sr=RATE)
    librosa.feature.chroma_stft(y=mono, sr=RATE)
    librosa.feature.spectral_centroid(y=mono, sr=RATE)
    if len(samples) >= 0.4 * rate:
        pyloudnorm.Meter(rate).integrated_loudness(samples[:, :5].astype(np.float64))
    np.abs(soxr.resample(samples, rate, 4 * rate)).max()


def _ingest(folder: Path, analyse: bool) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="foundsound-bench-") as data,
        nullcontext() if analyse else analysis_off(),
        Library(bench_settings(data_dir=Path(data))) as library,
    ):
        index_paths(library, [folder], IndexProgress(), lambda _: None, threading.Event())


def _table(ms: dict[str, float]) -> Table:
    table = Table("", "CPU ms a second of audio", "ratio")
    for part, baseline in (
        ("decode", None),
        ("decode and analyse", "decode"),
        ("decode and librosa", "decode"),
        ("ingest without analysis", None),
        ("ingest", "ingest without analysis"),
    ):
        if part not in ms:
            continue
        ratio = f"{ms[part] / ms[baseline]:.2f}" if baseline else ""
        table.add_row(part, f"{ms[part]:.2f}", ratio)
    return table


if __name__ == "__main__":
    main()
