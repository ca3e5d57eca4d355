"""Search latency end to end, over HTTP, in libraries of 10,000 to 300,000 sounds.

A real ``foundsound serve`` answers 200 different texts one after another, in each mode, and again
while it indexes a folder. Baselines are given the same vectors, embedded queries and nothing else
to do: «numpy» (float32 brute force), «FAISS flat», «qdrant local» (qdrant-client without a server,
up to ``--local-limit`` sounds and ``LOCAL_QUERIES`` texts: it takes minutes to fill, and seconds to
answer at 300,000).
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.progress import Progress

from benchmarks.baselines import (
    Answer,
    faiss_answer,
    numpy_answer,
    qdrant_local_answer,
)
from benchmarks.bench_settings import bench_settings
from benchmarks.latency_tables import print_tables
from benchmarks.made_library import MadeLibrary, fill
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.query_texts import query_texts
from benchmarks.random_vectors import Floats, sound_id
from benchmarks.served import Answer as HttpAnswer
from benchmarks.served import Served, serving
from benchmarks.short_sounds import write_short_sounds
from foundsound.embedding.registry import create_embedder
from foundsound.library import Library

MODES = ("hybrid", "dense", "lexical")  # each text comes to the first of them as a new one
WARM_UP = 10  # queries before the clock
LOCAL = "qdrant local"
LOCAL_QUERIES = 30


@dataclass
class Measured:
    """One size of library."""

    sounds: int
    made: MadeLibrary
    open_s: float = 0.0
    idle: dict[str, list[HttpAnswer]] = field(default_factory=dict)  # by mode
    ingesting: list[HttpAnswer] = field(default_factory=list)
    ingest_s: float = 0.0
    baselines_s: dict[str, list[float]] = field(default_factory=dict)
    recall: float = 0.0  # share of numpy's ten sounds that the dense mode finds too


def main() -> None:
    """Fill, serve, ask and compare each size, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 300_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--ingest-files", type=int, default=300, help="indexed while it answers")
    parser.add_argument(
        "--local-limit",
        type=int,
        default=100_000,
        help="most sounds for qdrant-client's local mode",
    )
    options = parser.parse_args()
    texts = query_texts(options.queries + WARM_UP)
    with tempfile.TemporaryDirectory(prefix="foundsound-latency-") as name, progress_bar() as bar:
        short = Path(name) / "short"
        write_short_sounds(short, options.ingest_files, bar)
        sizes = []
        for size in options.sizes:
            with tempfile.TemporaryDirectory(prefix=f"{size}-", dir=name) as folder:
                local = size <= options.local_limit
                sizes.append(_measure(Path(folder), size, texts, short, local, bar))
    out.print(
        f"{options.queries} texts, ten hits each, {options.ingest_files} files of 3 s indexed "
        f"meanwhile; {conditions()}"
    )
    print_tables(sizes)


def _measure(
    folder: Path, size: int, texts: list[str], short: Path, local: bool, bar: Progress
) -> Measured:
    settings = bench_settings(data_dir=folder / "library")
    with Library(settings) as library:
        measured = Measured(size, fill(library, size, folder, bar))
    begun = perf_counter()
    with serving(settings) as served:
        measured.open_s = perf_counter() - begun
        for mode in MODES:
            asked = bar.track(texts, description=f"{size:,} sounds, {mode}")
            measured.idle[mode] = [served.search(text, mode) for text in asked][WARM_UP:]
        _ask_while_indexing(served, measured, texts, short, bar)
    embedder = create_embedder(settings.model, settings)
    queries = embedder.embed_text(texts)
    _baselines(measured, queries, folder, local, bar)
    return measured


def _ask_while_indexing(
    served: Served, measured: Measured, texts: list[str], short: Path, bar: Progress
) -> None:
    """Ask new texts (their words in another order) as long as the run goes on."""
    asking = bar.add_task(f"{measured.sounds:,} sounds, while indexing", total=None)
    begun = perf_counter()
    run_id = served.start_index(short)
    while served.is_indexing(run_id):
        text = texts[len(measured.ingesting) % len(texts)]
        shuffled = " ".join([*text.split()[1:], text.split()[0], str(len(measured.ingesting))])
        measured.ingesting.append(served.search(shuffled, MODES[0]))
        bar.advance(asking)
    measured.ingest_s = perf_counter() - begun


def _baselines(
    measured: Measured, queries: Floats, folder: Path, local: bool, bar: Progress
) -> None:
    made = measured.made
    filling = bar.add_task("Filling qdrant local", total=len(made.vectors), visible=local)
    makers: dict[str, Callable[[], Answer]] = {
        "numpy": lambda: numpy_answer(made),
        "FAISS flat": lambda: faiss_answer(made),
    }
    if local:
        makers[LOCAL] = lambda: qdrant_local_answer(
            made, folder / "local", lambda count: bar.advance(filling, count)
        )
    found: dict[str, list[list[int]]] = {}
    for name, make in makers.items():
        answer = make()
        seconds: list[float] = []
        found[name] = []
        asked = queries[: WARM_UP + LOCAL_QUERIES] if name == LOCAL else queries
        for query in bar.track(asked, description=f"{measured.sounds:,} sounds, {name}"):
            begun = perf_counter()
            found[name].append(answer(query))
            seconds.append(perf_counter() - begun)
        measured.baselines_s[name] = seconds[WARM_UP:]
    exact = [{sound_id(number) for number in ten} for ten in found["numpy"][WARM_UP:]]
    ours = measured.idle["dense"]
    shared = [len(ten & set(hit.sound_ids)) for ten, hit in zip(exact, ours, strict=True)]
    measured.recall = float(np.sum(shared)) / sum(len(ten) for ten in exact)


if __name__ == "__main__":
    main()
