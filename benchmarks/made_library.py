"""A library as a studio has it, made up: rows of the catalogue, words and vectors, but no audio.

Names follow UCS: a category, a few of the words that the standard lists for it, a take. A fifth of
the sounds has three windows, the others one. Nothing is left to do for a server's worker, which
would try to read what is lacking, nor at the end of an index run, which would make suggestions.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress
from sqlalchemy import insert

from benchmarks.random_vectors import Floats, sound_id, window_vectors
from foundsound.analysis.sound_analysis import ANALYSIS_VERSION
from foundsound.calibrate import calibrate
from foundsound.catalog.hearing_models import SuggestedSound, Suggestion
from foundsound.catalog.models import (
    Location,
    Sound,
    SoundState,
    SoundWindows,
    StoredAnalysis,
    StoredMetadata,
    Work,
)
from foundsound.catalog.roots import root_for
from foundsound.hearing.vocabulary import VERSION as VOCABULARY_VERSION
from foundsound.hearing.vocabulary import vocabulary
from foundsound.library import Library
from foundsound.metadata.sound_metadata import METADATA_VERSION
from foundsound.metadata.ucs import UcsCategory, ucs_categories
from foundsound.vectors.index import WindowPoint

BATCH = 2_000  # sounds in one write
WINDOWS = (1, 1, 1, 1, 3)  # of five sounds in turn
ROOT = b"/mnt/nas/sfx"
VENDORS = 40
TAGS = 3  # suggested for a sound, beside its category
Row = dict[str, Any]


@dataclass(frozen=True)
class MadeLibrary:
    """What was made, and the seconds that each part took."""

    vectors: Floats  # float32 [windows, dim], in a file
    owners: NDArray[np.int32]  # [windows]: number of the sound
    rows_s: float
    vectors_s: float
    words_s: float


def fill(library: Library, count: int, folder: Path, bar: Progress) -> MadeLibrary:
    """Fill an empty library with ``count`` sounds; their vectors also go into ``folder``."""
    windows = [WINDOWS[number % len(WINDOWS)] for number in range(count)]
    categories = _categories(count)
    texts = library.embedder.embed_text(
        [f"{each.category} {each.subcategory}".lower() for each in ucs_categories()]
    )
    shape = (sum(windows), library.embedder.dim)
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float32, shape)
    rows_s = vectors_s = 0.0
    first = 0
    filling = bar.add_task(f"Filling {count:,} sounds", total=count)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        own = [windows[number] for number in numbers]
        block = window_vectors(texts[categories[numbers.start : numbers.stop]], own, start)
        vectors[first : first + len(block)] = block
        first += len(block)
        begun = perf_counter()
        library.vectors.upsert(list(_points(numbers, own, block)))
        vectors_s += perf_counter() - begun
        begun = perf_counter()
        _write_rows(library, numbers, own, categories)
        rows_s += perf_counter() - begun
        bar.advance(filling, len(numbers))
    vectors_s += _timed_optimize(library)
    calibrate(library, library.space)
    library.activate(library.space)
    owners = np.repeat(np.arange(count, dtype=np.int32), windows)
    return MadeLibrary(vectors, owners, rows_s, vectors_s, _write_words(library, count, bar))


def _points(numbers: range, windows: list[int], vectors: Floats) -> Iterator[WindowPoint]:
    row = 0
    for number, count in zip(numbers, windows, strict=True):
        for index in range(count):
            yield WindowPoint(sound_id(number), index, 5.0 * index, 5.0 * index + 10, vectors[row])
            row += 1


def _categories(count: int) -> NDArray[np.intp]:
    """Of each sound the number of its category: some are common and most are rare, as by Zipf."""
    places = np.random.default_rng(8).random(count) ** 3
    return np.asarray(len(ucs_categories()) * places, np.intp)


def _write_rows(
    library: Library, numbers: range, windows: list[int], categories: NDArray[np.intp]
) -> None:
    with library.catalog.write() as session:
        root = root_for(session, ROOT)
        session.flush()
        rows = [
            _rows(number, root.id, library.space_id, count, ucs_categories()[categories[number]])
            for number, count in zip(numbers, windows, strict=True)
        ]
        for model, made in zip(
            (Sound, Location, SoundWindows, StoredMetadata, StoredAnalysis, SuggestedSound),
            zip(*rows, strict=True),
            strict=True,
        ):
            # Or a time that is not due would be left out, and the column's default be now.
            session.execute(insert(model).execution_options(render_nulls=True), list(made))
        suggested = [row for number in numbers for row in _suggestions(number, categories[number])]
        session.execute(insert(Suggestion), suggested)


def _rows(
    number: int, root_id: int, space_id: int, windows: int, category: UcsCategory
) -> list[Row]:
    """A sound, its location, its windows, metadata and analysis, as rows."""
    rng = random.Random(number)
    id_, seconds = sound_id(number), rng.expovariate(1 / 12)
    container = rng.choices(("WAV", "FLAC", "MP3"), (82, 10, 8))[0]
    words = " ".join(rng.sample(category.synonyms, min(3, len(category.synonyms))))
    name = f"{category.cat_id}_{words.capitalize()} {number % 7 + 1:02}_FSND_{number:06}"
    path = f"Vendor {number % VENDORS}/{category.category.title()}/{name}.{container.lower()}"
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
        "cat_id": category.cat_id,
        "work": Work.SETTLED,
        "due_at": None,
    }
    windows_row = {"sound_id": id_, "space_id": space_id, "count": windows}
    metadata = {"sound_id": id_, "version": METADATA_VERSION, "extra": {}}
    loudness = -10 - 30 * rng.random()
    analysis = {"sound_id": id_, "version": ANALYSIS_VERSION, "loudness_lufs": loudness}
    suggested = {"sound_id": id_, "space_id": space_id, "version": VOCABULARY_VERSION}
    return [sound, location, windows_row, metadata, analysis, suggested]


def _suggestions(number: int, category: int) -> list[Row]:
    """What an index run suggests beside the vectors: the category, and tags."""
    rng = random.Random(f"suggested {number}")
    found = [("ucs", ucs_categories()[category].cat_id)]
    found += [("tag", tag) for tag in rng.sample(_tags(), TAGS)]
    return [
        {"sound_id": sound_id(number), "kind": kind, "value": value, "strength": 4.0 + rng.random()}
        for kind, value in found
    ]


@cache
def _tags() -> list[str]:
    return [entry.value for entry in vocabulary() if entry.kind == "tag"]


def _timed_optimize(library: Library) -> float:
    begun = perf_counter()
    library.vectors.optimize()
    return perf_counter() - begun


def _write_words(library: Library, count: int, bar: Progress) -> float:
    writing = bar.add_task(f"Words of {count:,} sounds", total=count)
    begun = perf_counter()
    while written := library.refresh_words(most=BATCH):
        bar.advance(writing, written)
    library.words.optimize()
    return perf_counter() - begun
