"""The library that ``foundsound eval --mode`` makes: indexed and searched as any other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from foundsound.catalog.models import SoundWindows
from foundsound.embedding.embedder import Embedder
from foundsound.errors import FoundsoundError
from foundsound.evaluation.evaluate_search import Tick
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths


class LibraryMaker:
    """Makes libraries; see :class:`~foundsound.evaluation.evaluate_search.OpenLibrary`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def __call__(
        self, data_dir: Path, embedder: Embedder, sounds: Path, tick: Tick
    ) -> Iterator["SearchedLibrary"]:
        """Index the folder ``sounds``; the library lies in ``data_dir`` and is open in the body."""
        changed = {"data_dir": data_dir, "model": embedder.name}
        with Library(self._settings.model_copy(update=changed)) as library:
            library.space.embedder = embedder
            progress = IndexProgress()

            def listen(progress: IndexProgress) -> None:
                tick(progress.files_done, progress.files_total)

            index_paths(library, [sounds], progress, listen, threading.Event())
            if progress.state != "done":
                raise FoundsoundError(f"The sounds could not be indexed: {progress.message}")
            yield SearchedLibrary(library)


class SearchedLibrary:
    """See :class:`~foundsound.evaluation.evaluate_search.IndexedLibrary`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._searcher = Searcher(library)
        self._searcher.warm()

    def sound_ids(self) -> frozenset[str]:
        """The sounds that can be found."""
        with self._library.catalog.read() as session:
            return frozenset(session.scalars(select(SoundWindows.sound_id)))

    def rank(self, query: str, mode: str) -> list[str]:
        """Ids of the sounds on the first page of a search, best first."""
        asked = Query.model_validate(
            {"text": query, "mode": mode, "show_weak": True, "fold": False}  # all that is ranked
        )
        return [hit.sound_id for hit in self._searcher.search(asked).hits]
