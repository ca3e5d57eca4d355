"""A library in which nothing can be found says why."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from foundsound.catalog.models import Location, Sound, SoundState
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.holdings import EMPTY, GONE, NOT_YET
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.signals import noise, write

QUERIES = [
    Query(text="noise"),
    Query(text="noise", mode="lexical"),
    Query(text="noise", mode="dense", show_weak=True),
    Query(text="dur:>0"),
]


def test_why_nothing_is_found(tmp_path: Path, cache_dir: Path) -> None:
    settings = Settings(data_dir=tmp_path / "library", cache_dir=cache_dir, model="starter-bridge")
    with Library(settings) as library:
        searcher = Searcher(library)

        def told() -> set[str | None]:
            return {searcher.search(query).nothing for query in QUERIES}

        assert told() == {EMPTY}
        write(tmp_path / "sfx" / "noise.wav", noise(1.0))
        index_paths(library, [tmp_path / "sfx"], IndexProgress(), lambda _: None, threading.Event())
        assert told() == {None}
        nothing_fits = searcher.search(Query(text="dur:>100"))
        assert (nothing_fits.hits, nothing_fits.nothing) == ([], None)
        with library.catalog.write() as session:
            session.execute(update(Sound).values(state=SoundState.FAILED))
        assert told() == {NOT_YET}
        with library.catalog.write() as session:
            session.execute(update(Sound).values(state=SoundState.INDEXED))
            session.execute(update(Location).values(missing_since=datetime.now(UTC)))
        assert told() == {GONE}
