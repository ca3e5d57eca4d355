"""What a filter costs: searches over a large catalogue with and without one.

Baseline «unfiltered»: the same texts without a filter, in turn with the filtered ones. The rows are
made up: lengths, formats, paths and words as a real library has them, and random vectors.
"""

import argparse
import tempfile
from pathlib import Path
from time import perf_counter

from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import conditions, out, percentile_ms, progress_bar
from benchmarks.query_texts import query_texts
from foundsound.library import Library
from foundsound.search.searcher import Searcher

FILTERS = (
    *("dur:<5", "dur:<0.05", "sr:192k", "ch:6", "fmt:mp3", "added:>=2026-12", "root:sfx"),
    *("name:*metal*", "name:DOORMetl_*", 'folder:"Vendor 7"', "folder:Rain", '-"rain"'),
    *("words:nowhere", 'name:*metal* dur:<2 ch:2 folder:"Vendor 7"'),
)


def main() -> None:
    """Fill a library, ask with each filter, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=20)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="foundsound-filters-") as name,
        progress_bar() as bar,
        Library(bench_settings(data_dir=Path(name) / "library")) as library,
    ):
        fill(library, options.sounds, Path(name), bar)
        searcher = Searcher(library)
        searcher.warm()
        texts = query_texts(options.queries)
        rows = [_measure(searcher, each, texts) for each in bar.track(FILTERS)]
    table = Table("filter", "hits", "p50, ms", "p95, ms", "baseline: unfiltered p50", "ratio")
    for row in rows:
        table.add_row(*row)
    out.print(f"{options.sounds:,} sounds, {options.queries} queries a filter; {conditions()}")
    out.print(table)


def _measure(searcher: Searcher, filters: str, texts: list[str]) -> list[str]:
    plain_s: list[float] = []
    filtered_s: list[float] = []
    hits = 0
    for text in texts:
        searcher.by_text(text)  # embeds the text: remembered for both
        for seconds, asked in ((plain_s, text), (filtered_s, f"{text} {filters}")):
            started = perf_counter()
            hits = len(searcher.by_text(asked).hits)
            seconds.append(perf_counter() - started)
    p50, baseline = percentile_ms(filtered_s, 50), percentile_ms(plain_s, 50)
    p95 = percentile_ms(filtered_s, 95)
    return [
        filters,
        str(hits),
        f"{p50:.1f}",
        f"{p95:.1f}",
        f"{baseline:.1f}",
        f"{p50 / baseline:.1f}",
    ]


if __name__ == "__main__":
    main()
