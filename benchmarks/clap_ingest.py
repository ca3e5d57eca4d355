"""CLAP from files to vectors: foundsound's runtimes beside what people do today, and the limit.

All make vectors only; foundsound's analysis (loudness, tempo and the like) has a row of its own.
What is done once for a model is done before (conversion, calibration) or left out (suggestions).

Baselines: «naive» (librosa, ClapFeatureExtractor, float32 torch, one window at a time) and
``laion_clap``'s way (emulated). Limit: the runtime's bare forward on windows that are ready. The
weights are random unless ``--model`` names a directory; speed does not depend on them. Needs
librosa: ``pip install 'foundsound[benchmarks]'``.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from statistics import median

import numpy as np
import soundfile as sf
from rich.progress import Progress
from rich.table import Table

from benchmarks.clap_contenders import Cost, Ours, Today, decode, timed, torch_threads
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.signals import stretch
from foundsound.embedding.clap.runtimes.audio_choice import PREFERRED_FIRST
from foundsound.embedding.clap.runtimes.machine import NATIVE_BF16, cpu_flags, lacking
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.clap_models import save_random_clap

Run = Callable[[], Cost]
PACKAGES = ("torch", "transformers", "openvino", "onnxruntime", "librosa", "numpy")
NAIVE, LAION = "naive transformers", "laion_clap's way, emulated"


def main() -> None:
    """Write the files, run every contender ``--rounds`` times in turn, print the medians."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="foundsound-clap-") as name, progress_bar() as bar:
        folder = Path(name)
        model = options.model or save_random_clap(folder / "model", options.size)
        short = list(_write_files(folder / "short", options.files))
        long = _write_file(folder / "long" / "long.wav", 60.0 * options.long_minutes, 99, 48_000)
        cache = options.cache or folder / "cache"
        bench = _Bench(model, Settings(cache_dir=cache, threads=options.threads), options, bar)
        bench.run("short", folder / "short", short)
        if options.long_minutes:
            bench.run("long", folder / "long", [long])
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in PACKAGES)
    flags = sorted(cpu_flags() & NATIVE_BF16) or ["no bfloat16"]
    threads = bench.settings.thread_count
    out.print(f"{conditions()}; device {options.device}, {threads} threads, {' '.join(flags)}")
    out.print(f"{versions}; {options.model or f'random weights, {options.size}'}")
    for name, length in (("short", f"{len(short)} files of 2 to 20 s"), ("long", "one long file")):
        if name in bench.windows:
            out.print(bench.table(name, f"{length}, {bench.windows[name]} windows"))
    for sentence in bench.findings():
        out.print(sentence)


class _Bench:
    """Runs contenders in turn and keeps what each cost."""

    def __init__(
        self, model: Path, settings: Settings, options: argparse.Namespace, bar: Progress
    ) -> None:
        self.settings = settings
        self.windows: dict[str, int] = {}
        self._options = options
        self._bar = bar
        self._costs: dict[tuple[str, str], list[Cost]] = defaultdict(list)
        self._today = Today(model, options.device)
        self._ours: list[Ours] = []
        for runtime in ("auto",) if options.device == "cuda" else options.runtimes:
            reason = None if runtime == "auto" else lacking(runtime)
            update = {"clap_runtime": runtime, "device": options.device}
            try:
                if reason is None:
                    self._ours.append(Ours(model, settings.model_copy(update=update)))
            except ModelError as error:
                reason = str(error)
            if reason is not None:
                out.print(f"{runtime} is not measured: {reason}")

    def run(self, name: str, folder: Path, files: list[Path]) -> None:
        """Every contender over the same files, ``--rounds`` times."""
        self.windows[name] = decode(files, self.settings)  # and the files are in the page cache
        self._today.transformers(files[:1])  # librosa imports the most on its first call
        contenders = list(self._contenders(name, folder, files))
        task = self._bar.add_task(name, total=len(contenders) * self._options.rounds)
        for _ in range(self._options.rounds):
            for label, run in contenders:
                with torch_threads(self.settings.thread_count):
                    self._costs[name, label].append(run())
                self._bar.advance(task)

    def _contenders(self, name: str, folder: Path, files: list[Path]) -> Iterator[tuple[str, Run]]:
        windows = self.windows[name]
        yield NAIVE, lambda: timed(lambda: self._today.transformers(files))
        yield LAION, lambda: timed(lambda: self._today.laion(files))
        yield "decode alone", lambda: timed(lambda: decode(files, self.settings))
        yield "mel alone", lambda: timed(lambda: self._ours[0].front_end(windows))
        for one in self._ours:
            yield one.name, partial(one.index, folder, len(files))
            yield f"{one.name}, bare", partial(timed, partial(one.forward, windows))
        one = self._ours[0]
        yield f"{one.name}, with analysis", partial(one.index, folder, len(files), analyse=True)

    def table(self, name: str, title: str) -> Table:
        """What each contender cost a window, and how many times less than the naive way."""
        table = Table(title=title)
        for column in ("", "CPU ms/window", "wall ms/window", "CPU: x naive", "wall: x naive"):
            table.add_column(column, justify="left" if not column else "right", no_wrap=True)
        naive = self._cost(name, NAIVE)
        for label in [label for of, label in self._costs if of == name]:
            cost = self._cost(name, label)
            table.add_row(
                label,
                f"{cost.cpu_s * 1000:.1f}",
                f"{cost.wall_s * 1000:.1f}",
                f"{naive.cpu_s / cost.cpu_s:.2f}",
                f"{naive.wall_s / cost.wall_s:.2f}",
            )
        return table

    def findings(self) -> Iterator[str]:
        """Are the goals met, and what stands between the fastest runtime and its limit?"""
        label = self._ours[0].name
        for name in self.windows:
            naive, whole, bare = (
                self._spent_ms(name, of) for of in (NAIVE, label, f"{label}, bare")
            )
            yield (
                f"{name}: {label} {naive / whole:.2f} x naive "
                f"({_goal(naive / whole, self._goals[0])}), {bare / whole:.2f} of its limit "
                f"({_goal(bare / whole, self._goals[1])})"
            )
            decoding = self._spent_ms(name, "decode alone")
            mel = self._spent_ms(name, "mel alone")
            yield (
                f"  of {whole:.1f} ms a window: network {bare:.1f}, decoding {decoding:.1f}, "
                f"mel {mel:.1f}, processes, hashes, catalogue and index "
                f"{whole - bare - decoding - mel:.1f}"
            )

    def _spent_ms(self, name: str, label: str) -> float:
        """A window's CPU time; with a GPU, the time that passes."""
        cost = self._cost(name, label)
        return 1000 * (cost.wall_s if self._options.device == "cuda" else cost.cpu_s)

    @property
    def _goals(self) -> tuple[float, float]:
        """Times naive, and share of the limit."""
        if self._options.device == "cuda":
            return 5.0, 0.85
        return (5.0 if cpu_flags() & NATIVE_BF16 else 2.0), 0.8

    def _cost(self, name: str, label: str) -> Cost:
        costs, windows = self._costs[name, label], self.windows[name]
        return Cost(
            median(cost.wall_s for cost in costs) / windows,
            median(cost.cpu_s for cost in costs) / windows,
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=120, help="of 2 to 20 s")
    parser.add_argument("--long-minutes", type=float, default=10.0, help="0 = no long file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="0 = one a core")
    parser.add_argument("--runtimes", nargs="+", choices=PREFERRED_FIRST, default=PREFERRED_FIRST)
    parser.add_argument("--size", choices=("tiny", "base"), default="tiny")
    parser.add_argument("--model", type=Path, help="a directory with real weights")
    parser.add_argument("--cache", type=Path, help="keeps converted models for the next run")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    return parser.parse_args()


def _write_files(folder: Path, count: int) -> Iterator[Path]:
    lengths = np.random.default_rng(3).uniform(2.0, 20.0, count)
    for number, seconds in enumerate(lengths):
        rate = (44_100, 48_000)[number % 2]
        yield _write_file(folder / f"{number:03}.wav", float(seconds), number, rate)


def _write_file(path: Path, seconds: float, seed: int, rate: int) -> Path:
    """16-bit stereo, of stretches that sound different."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([4, seed])
    left = seconds
    with sf.SoundFile(path, "w", rate, 2, "PCM_16") as file:
        while left > 0:
            length = min(left, rng.uniform(2.0, 12.0))
            file.write(stretch(rng, length, rate, 2))
            left -= length
    return path


def _goal(found: float, goal: float) -> str:
    return f"goal {goal:g}: {'met' if found >= goal else 'missed'}"


if __name__ == "__main__":
    main()
