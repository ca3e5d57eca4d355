"""Times a whole text search: words to vector, vectors to windows, windows to rows of the catalogue.

The library's rows are made by the catalogue's own functions; its vectors are random.
"""

from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from time import perf_counter

from rich.progress import Progress

from benchmarks.bench_settings import bench_settings
from benchmarks.random_vectors import WINDOWS_PER_SOUND, sound_id, window_vectors
from foundsound.catalog.locations import SeenFile, add_files
from foundsound.catalog.roots import root_for
from foundsound.catalog.sounds import SoundFacts, claim_sound, mark_indexed
from foundsound.library import Library
from foundsound.search.searcher import Searcher
from foundsound.vectors.index import WindowPoint

WINDOWS = 9_999
FACTS = SoundFacts(duration_s=20.0, sample_rate=48_000, channels=2, format="WAV", codec="PCM_24")
MANNERS = ("slow", "distant", "heavy", "muffled", "metallic", "wet", "short", "angry")
SOURCES = (
    *("footsteps on gravel", "rain on a tin roof", "an engine that will not start", "door slam"),
    *("glass breaking", "crowd in a stadium", "wind in dry leaves", "a dog behind a fence"),
    *("coins on a table", "a church bell at noon", "typing on an old keyboard", "thunder"),
    *("sword drawn from a sheath", "a train over a bridge", "bubbles in a deep pool", "whoosh"),
    *("a chair dragged over tiles", "seagulls at a harbour", "camera shutter", "paper torn"),
    *("horse on cobblestones", "electric hum", "a baby laughing", "fire in a hearth", "gunshot"),
)


@dataclass(frozen=True)
class TextSearch:
    """Seconds of each search as a whole, and of embedding the same texts alone."""

    model: str
    windows: int
    search_s: list[float]
    embed_s: list[float]
    first_s: float  # the first text after the start, with the loading of the text encoder


def time_text_search(folder: Path, count: int, bar: Progress) -> TextSearch:
    """Ask ``count`` different texts (200 at most), each once as a search and once to the model."""
    texts = [f"{manner} {source}" for source, manner in islice(product(SOURCES, MANNERS), count)]
    with Library(bench_settings(data_dir=folder)) as library:
        _fill(library, bar)
        searcher = Searcher(library)
        started = perf_counter()
        searcher.warm()
        first_s = perf_counter() - started
        search_s, embed_s = [], []
        for text in bar.track(texts, description="Searching by text"):
            started = perf_counter()
            hits = searcher.by_text(text).hits
            search_s.append(perf_counter() - started)
            assert len(hits) == 10  # the default limit; fewer would flatter the time
            started = perf_counter()
            library.embedder.embed_text([text])
            embed_s.append(perf_counter() - started)
        return TextSearch(library.embedder.version, WINDOWS, search_s, embed_s, first_s)


def _fill(library: Library, bar: Progress) -> None:
    vectors = window_vectors(WINDOWS, library.embedder.dim)
    library.vectors.upsert(
        [
            WindowPoint(
                sound_id(row // WINDOWS_PER_SOUND),
                row % WINDOWS_PER_SOUND,
                5.0 * (row % WINDOWS_PER_SOUND),
                5.0 * (row % WINDOWS_PER_SOUND) + 10.0,
                vector,
            )
            for row, vector in enumerate(vectors)
        ]
    )
    library.vectors.optimize()
    with library.catalog.write() as session:
        root = root_for(session, b"/sounds")
        names = [f"group_{k % 50}/sound_{k:06}.wav" for k in range(WINDOWS // WINDOWS_PER_SOUND)]
        files = [SeenFile(name.encode(), 2**20, 0) for name in names]
        ids = list(enumerate(add_files(session, root.id, files)))
        for number, location_id in bar.track(ids, description="Filling the catalogue"):
            claim_sound(session, location_id, sound_id(number), 2**20, library.space_id)
            mark_indexed(session, sound_id(number), library.space_id, FACTS, WINDOWS_PER_SOUND)
