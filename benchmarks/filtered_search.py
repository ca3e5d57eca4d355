"""What a filter costs: searches over a large catalogue with and without one.

Baseline «unfiltered»: the same texts without a filter, in turn with the filtered ones. The rows are
made up: lengths, formats and paths as a real library has them, one window a sound, random vectors.
"""

import argparse
import random
import tempfile
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.progress import Progress
from rich.table import Table
from sqlalchemy import insert

from benchmarks.bench_settings import bench_settings
from benchmarks.measure import conditions, out, percentile_ms, progress_bar
from benchmarks.random_vectors import sound_id, window_vectors
from benchmarks.text_search import MANNERS, SOURCES
from foundsound.catalog.models import Location, Sound, SoundState, SoundWindows
from foundsound.catalog.roots import root_for
from foundsound.library import Library
from foundsound.search.searcher import Searcher
from foundsound.vectors.index import WindowPoint

BATCH = 2_000  # rows and points in one write
WORDS = ("door", "metal", "wood", "rain", "step", "gravel", "whoosh", "glass", "engine", "bird")
FILTERS = (
    *("dur:<5", "dur:<0.05", "sr:192k", "ch:6", "fmt:mp3", "added:>=2026-12", "root:sfx"),
    *("name:*metal*", "name:door_metal_*", 'folder:"Vendor 7"', "folder:Rain", '-"rain"'),
    *("words:nowhere", 'name:*metal* dur:<2 ch:2 folder:"Vendor 7"'),
)


def main() -> None:
    """Fill a library, ask with each filter, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=20)
    options = parser.parse_args()
    texts = [f"{manner} {source}" for source, manner in product(SOURCES, MANNERS)]
    with (
        tempfile.TemporaryDirectory(prefix="foundsound-filters-") as name,
        progress_bar() as bar,
        Library(bench_settings(data_dir=Path(name))) as library,
    ):
        _fill(library, options.sounds, bar)
        searcher = Searcher(library)
        searcher.warm()
        asked = texts[: options.queries]
        rows = [_measure(searcher, each, asked) for each in bar.track(FILTERS)]
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


def _fill(library: Library, count: int, bar: Progress) -> None:
    vectors = window_vectors(count, library.embedder.dim)
    rng = random.Random(5)
    with library.catalog.write() as session:
        root = root_for(session, b"/mnt/nas/sfx")
        session.flush()
        starts = range(0, count, BATCH)
        for start in bar.track(starts, description=f"Filling {count:,} sounds"):
            batch = range(start, min(start + BATCH, count))
            rows = [_rows(number, root.id, library.space_id, rng) for number in batch]
            for model, made in zip(
                (Sound, Location, SoundWindows), zip(*rows, strict=True), strict=True
            ):
                session.execute(insert(model), list(made))
            library.vectors.upsert(
                [WindowPoint(sound_id(number), 0, 0.0, 8.0, vectors[number]) for number in batch]
            )
    library.vectors.optimize()


def _rows(number: int, root_id: int, space_id: int, rng: random.Random) -> list[dict[str, Any]]:
    """A sound, its location and its windows, as rows."""
    id_, seconds = sound_id(number), rng.expovariate(1 / 12)
    container = rng.choices(("WAV", "FLAC", "MP3"), (82, 10, 8))[0]
    folder = f"Vendor {number % 40}/{rng.choice(WORDS).title()}"
    path = f"{folder}/{'_'.join(rng.sample(WORDS, 3))}_{number:06}.{container.lower()}"
    sound = {
        "id": id_,
        "size": int(seconds * 288_000),
        "state": SoundState.INDEXED,
        "duration_s": seconds,
        "sample_rate": rng.choices((48_000, 96_000, 44_100, 192_000), (60, 25, 14, 1))[0],
        "channels": rng.choices((1, 2, 6), (40, 58, 2))[0],
        "format": container,
        "codec": "PCM_24",
        "added_at": datetime(2026, 1 + number % 12, 1 + number % 28, tzinfo=UTC),
    }
    location = {
        "root_id": root_id,
        "raw_path": path.encode(),
        "path": path,
        "size": sound["size"],
        "mtime_ns": 0,
        "sound_id": id_,
    }
    return [sound, location, {"sound_id": id_, "space_id": space_id, "count": 1}]


if __name__ == "__main__":
    main()
