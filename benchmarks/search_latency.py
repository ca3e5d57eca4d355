"""Search latency of the embedded index at 10,000 and 100,000 windows, and of a whole text search.

Baseline «numpy»: float32 matrix @ query, argpartition, sort, group by sound, on a matrix that lies
in memory. Both answer the same queries in turn, so that other work on the machine hits both alike.
The queries are random directions, the hard case for int8: the best scores hardly differ.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress
from rich.table import Table

from benchmarks.measure import conditions, out, percentile_ms, progress_bar
from benchmarks.random_vectors import DIM, WINDOWS_PER_SOUND, queries, sound_id, window_vectors
from benchmarks.text_search import TextSearch, time_text_search
from foundsound.vectors.edge import EdgeIndex
from foundsound.vectors.grouping import OVERFETCH, nearest_sounds
from foundsound.vectors.index import WindowPoint
from ingest.pipeline import STORE_SOUNDS

LIMIT = 10
WARM_UP = 10  # queries before the clock
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Measured:
    """One size of index."""

    windows: int
    upserts_per_s: float
    optimize_s: float
    load_s: float
    edge_s: list[float]
    numpy_s: list[float]
    recall: float  # share of numpy's ten that Edge finds too


def main() -> None:
    """Fill, search and print each size, then the text search."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foundsound-search-") as name, progress_bar() as bar:
        folder = Path(name)
        sizes = [_measure(folder / str(n), n, options.queries, bar) for n in options.sizes]
        text = time_text_search(folder / "library", options.queries, bar)
    out.print(
        f"{DIM} dimensions, {WINDOWS_PER_SOUND} windows a sound, {options.queries} queries for "
        f"{LIMIT} sounds; {conditions()}"
    )
    out.print(_table(sizes))
    _print_text(text)


def _measure(directory: Path, windows: int, query_count: int, bar: Progress) -> Measured:
    vectors = window_vectors(windows)
    filling = bar.add_task(f"Filling {windows:,} windows", total=windows)
    index = EdgeIndex(directory, "benchmark", DIM)
    started = perf_counter()
    for points in _batches(vectors):  # as large as the pipeline's, each durable when it returns
        index.upsert(points)
        bar.advance(filling, len(points))
    upsert_s = perf_counter() - started
    optimize_s = _timed(index.optimize)
    index.close()
    started = perf_counter()
    index = EdgeIndex(directory, "benchmark", DIM)
    load_s = perf_counter() - started
    edge_s, numpy_s, shared = [], [], 0
    asked = queries(query_count + WARM_UP, DIM)
    for query in bar.track(asked, description=f"Searching {windows:,} windows"):
        started = perf_counter()
        by_edge = {hit.sound_id for hit in islice(nearest_sounds(index, query, LIMIT), LIMIT)}
        edge_s.append(perf_counter() - started)
        started = perf_counter()
        by_numpy = {sound_id(sound) for sound in _brute_force(vectors, query)}
        numpy_s.append(perf_counter() - started)
        shared += len(by_edge & by_numpy)
    index.close()
    return Measured(
        windows=windows,
        upserts_per_s=windows / upsert_s,
        optimize_s=optimize_s,
        load_s=load_s,
        edge_s=edge_s[WARM_UP:],
        numpy_s=numpy_s[WARM_UP:],
        recall=shared / (LIMIT * len(asked)),
    )


def _batches(vectors: Floats) -> Iterator[list[WindowPoint]]:
    size = STORE_SOUNDS * WINDOWS_PER_SOUND
    for start in range(0, len(vectors), size):
        yield [
            WindowPoint(sound_id(row // WINDOWS_PER_SOUND), row % WINDOWS_PER_SOUND, 0.0, 10.0, v)
            for row, v in enumerate(vectors[start : start + size], start)
        ]


def _brute_force(vectors: Floats, query: Floats) -> list[int]:
    """The ``LIMIT`` sounds with the best windows, best first."""
    scores = vectors @ query
    wanted = LIMIT * OVERFETCH  # enough: a sound has no more than OVERFETCH windows here
    best = np.argpartition(scores, -wanted)[-wanted:]
    ranked = best[np.argsort(-scores[best])]
    sounds = dict.fromkeys(int(row) // WINDOWS_PER_SOUND for row in ranked)
    return list(islice(sounds, LIMIT))


def _timed(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _table(sizes: list[Measured]) -> Table:
    table = Table("", *(f"{size.windows:,} windows" for size in sizes))
    for label, cells in (
        ("foundsound p50, ms", [f"{percentile_ms(s.edge_s, 50):.2f}" for s in sizes]),
        ("foundsound p95, ms", [f"{percentile_ms(s.edge_s, 95):.2f}" for s in sizes]),
        ("baseline: numpy p50, ms", [f"{percentile_ms(s.numpy_s, 50):.2f}" for s in sizes]),
        ("baseline: numpy p95, ms", [f"{percentile_ms(s.numpy_s, 95):.2f}" for s in sizes]),
        ("ratio numpy / foundsound, p50", [_ratio(s, 50) for s in sizes]),
        ("ratio numpy / foundsound, p95", [_ratio(s, 95) for s in sizes]),
        ("recall@10 against numpy", [f"{s.recall:.4f}" for s in sizes]),
        ("upserts, windows/s", [f"{s.upserts_per_s:,.0f}" for s in sizes]),
        ("optimize, s", [f"{s.optimize_s:.2f}" for s in sizes]),
        ("open, s", [f"{s.load_s:.3f}" for s in sizes]),
    ):
        table.add_row(label, *cells)
    return table


def _ratio(size: Measured, percent: float) -> str:
    return f"{percentile_ms(size.numpy_s, percent) / percentile_ms(size.edge_s, percent):.2f}"


def _print_text(text: TextSearch) -> None:
    whole, embed = percentile_ms(text.search_s, 50), percentile_ms(text.embed_s, 50)
    out.print(
        f"Searcher.by_text, {text.model}, {text.windows:,} windows: p50 {whole:.1f} ms, "
        f"p95 {percentile_ms(text.search_s, 95):.1f} ms; embedding the text alone: p50 "
        f"{embed:.1f} ms = {embed / whole:.0%} of it; first text after start {text.first_s:.2f} s"
    )


if __name__ == "__main__":
    main()
