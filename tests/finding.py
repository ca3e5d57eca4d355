"""Every sound that a library finds, near or not: for tests of what is found at all."""

from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.results import Hit
from foundsound.search.searcher import Searcher


def nearest(library: Library, text: str = "a sound", limit: int = 100) -> list[Hit]:
    """The sounds by their nearness to a text, weak ones and takes of one recording included."""
    query = Query(text=text, limit=limit, show_weak=True, fold=False)
    return Searcher(library).search(query).hits
