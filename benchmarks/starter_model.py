"""What the starter models cost on one core: windows, texts, and a search from a cold start.

Everything but the cold start is CPU time of one thread, which other work on the machine stretches
little. Baselines: «networks alone» runs the same networks on front-end output that is already
there, the limit for any front-end; «block by block» gives aiSFX overlapping blocks of 2.3 s one
after the other, as its wheel does, instead of the whole window once; «MiniLM alone» encodes the
text and does nothing with it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import numpy as np
import soundfile as sf
import soxr
from rich.progress import Progress
from rich.table import Table

from benchmarks.measure import conditions, in_child, out, progress_bar
from benchmarks.query_texts import query_texts
from benchmarks.signals import stretch
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.starter import aisfx, yamnet
from foundsound.embedding.starter.minilm import MiniLM
from foundsound.settings import Settings

MODELS = ("starter", "starter-bridge")
RATE = 44_100
LENGTHS_S = (10.0, 1.5)
COLD_SEARCHES = 5
COMMAND = [sys.executable, "-c", "from foundsound.cli.app import main; main()"]

Row = tuple[str, str, str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Encoders:
    """The bare networks, one thread each."""

    yamnet: yamnet.Yamnet
    aisfx: aisfx.AiSfx
    minilm: MiniLM


def main() -> None:
    """Measure and print audio, texts and cold searches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=24, help="of each length")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    # A child starts as the commands do: foundsound sets numpy's threads before numpy loads.
    audio, texts = in_child(_rows, options.windows, options.queries)
    with progress_bar() as bar:
        cold = {name: _cold_searches(name, bar) for name in MODELS}
    out.print(f"One thread; {conditions()}")
    out.print(_table("audio s per CPU s", audio))
    out.print(_table("CPU ms per text", texts))
    for name, measured in cold.items():
        spread = f"{min(measured):.2f} to {max(measured):.2f}"
        out.print(f"cold foundsound search, {name}: {np.median(measured):.2f} s ({spread})")


def _rows(windows: int, queries: int) -> tuple[list[Row], list[Row]]:
    settings = Settings(threads=1)
    cache = settings.cache_dir
    encoders = Encoders(yamnet.Yamnet(cache, 1), aisfx.AiSfx(cache, 1), MiniLM(cache, 1))
    models = {name: create_embedder(name, settings) for name in MODELS}
    for model in models.values():  # weights load at the first use
        model.embed_audio([np.zeros(RATE, np.float32)])
        model.embed_text(["warm up"])
    audio = []
    with progress_bar() as bar:
        for seconds in bar.track(LENGTHS_S, description="Embedding windows"):
            audio += _audio_rows(models, encoders, seconds, windows)
    return audio, _text_rows(models, encoders, queries)


def _table(figure: str, rows: Sequence[Row]) -> Table:
    table = Table("what", figure, "baseline", "ratio (over 1: foundsound is better)")
    for row in rows:
        table.add_row(*row)
    return table


def _audio_rows(
    models: dict[str, Embedder], encoders: Encoders, seconds: float, count: int
) -> list[Row]:
    windows = [stretch(np.random.default_rng([3, k]), seconds, RATE, 1)[:, 0] for k in range(count)]
    low = [soxr.resample(window, RATE, yamnet.SAMPLE_RATE) for window in windows]
    patches = [yamnet.patches(yamnet.log_mel(window)) for window in low]
    frames = [aisfx.log_mel(window) for window in windows]
    total = seconds * count

    def speed(work: Callable[[Floats], object], inputs: Sequence[Floats]) -> float:
        return total / sum(_cpu_seconds(work, given) for given in inputs)

    hears = speed(encoders.yamnet.run, patches)
    tells = speed(encoders.aisfx.run, frames)
    blocks = speed(partial(_block_by_block, encoders.aisfx), frames)
    limits = {"starter": 1 / (1 / hears + 1 / tells), "starter-bridge": hears}
    rows = []
    for name, model in models.items():
        given = low if name == "starter-bridge" else windows
        ours = speed(partial(_embed, model), given)
        limit = limits[name]
        label = f"{model.version}, windows of {seconds} s"
        rows.append((label, f"{ours:.0f}", f"networks alone: {limit:.0f}", f"{ours / limit:.2f}"))
    label = f"aiSFX's network, windows of {seconds} s"
    rows.append((label, f"{tells:.0f}", f"block by block: {blocks:.0f}", f"{tells / blocks:.2f}"))
    return rows


def _embed(model: Embedder, window: Floats) -> Floats:
    return model.embed_audio([window])


def _block_by_block(network: aisfx.AiSfx, frames: Floats) -> Floats:
    """aiSFX on blocks of 100 frames that overlap by half, each by itself."""
    hop = aisfx.BLOCK_FRAMES // 2
    starts = range(0, max(len(frames) - hop, 1), hop)
    return np.concatenate([network.run(frames[s : s + aisfx.BLOCK_FRAMES])[:1] for s in starts])


def _text_rows(models: dict[str, Embedder], encoders: Encoders, count: int) -> list[Row]:
    texts = query_texts(count)
    # A text of each kind in turn, so that a busy stretch of the machine hits all alike.
    alone: list[float] = []
    ours: dict[str, list[float]] = {name: [] for name in models}
    for text in texts:
        alone.append(_cpu_seconds(encoders.minilm.encode, [text]))
        for name, model in models.items():
            ours[name].append(_cpu_seconds(model.embed_text, [text]))
    limit = _median_ms(alone)
    return [
        (
            f"{models[name].version}, {len(texts)} texts",
            f"{_median_ms(seconds):.1f}",
            f"MiniLM alone: {limit:.1f}",
            f"{limit / _median_ms(seconds):.2f}",
        )
        for name, seconds in ours.items()
    ]


def _cpu_seconds(work: Callable[[T], object], given: T) -> float:
    started = process_time()
    work(given)
    return process_time() - started


def _median_ms(seconds: Sequence[float]) -> float:
    return float(np.median(seconds)) * 1000


def _cold_searches(name: str, bar: Progress) -> list[float]:
    """Seconds of ``foundsound search`` as a process of its own, on a library of one sound."""
    with tempfile.TemporaryDirectory(prefix="foundsound-cold-") as folder:
        sound = Path(folder) / "sounds" / "sound.wav"
        sound.parent.mkdir()
        sf.write(sound, stretch(np.random.default_rng(4), 2.0, RATE, 1), RATE)
        chosen = {"FOUNDSOUND_DATA_DIR": f"{folder}/library", "FOUNDSOUND_MODEL": name}
        environment = os.environ | chosen

        def run(*arguments: str) -> float:
            started = perf_counter()
            subprocess.run([*COMMAND, *arguments], env=environment, check=True, capture_output=True)
            return perf_counter() - started

        run("index", str(sound.parent))
        searches = bar.track(range(COLD_SEARCHES), description=f"Cold searches, {name}")
        return [run("search", "a dog barking") for _ in searches]


if __name__ == "__main__":
    main()
