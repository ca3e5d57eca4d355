"""The one search path: CLI, API and everything else come through here."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import select

from foundsound.catalog.identity import content_id
from foundsound.catalog.models import Root
from foundsound.errors import FileUnavailable, InvalidRequest
from foundsound.lexical.query import LexicalQueries
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.browse import browse
from foundsound.search.clips import Clip, ClipVectors
from foundsound.search.completeness import check_complete
from foundsound.search.compose import Composer
from foundsound.search.cursor import Last, Place, fingerprint, read_cursor, write_cursor
from foundsound.search.demotion import demoted_last
from foundsound.search.facet_results import RELEVANT, Facets
from foundsound.search.facet_values import that_fit
from foundsound.search.facets import count_facets
from foundsound.search.hydrate import hydrate
from foundsound.search.matched_words import matched_words
from foundsound.search.matching import Selection
from foundsound.search.order import POOL, in_order
from foundsound.search.query.filters import Conditions, Filters, conditions
from foundsound.search.query.parts import ItemPart
from foundsound.search.query.query import DEFAULT_LIMIT, Mode, Query
from foundsound.search.query.resolve import Resolved, resolve
from foundsound.search.rankings import Ear
from foundsound.search.results import Hit, SearchResult
from foundsound.search.sides import Sides, unwanted_words, wanted_words

MOST_IDS = 4000  # in one statement; SQLite may take no more than 32,766 parameters


class Searcher:
    """Answers queries over an open library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._complete: OpenSpace | None = None
        self._queries = LexicalQueries(library.catalog, library.words)
        self._composer = Composer(library.catalog, ClipVectors(library.settings), library.paths)

    def warm(self) -> None:
        """Load the text encoder, so that the first query does not wait for it."""
        with self._library.searching() as space:
            space.embedder.embed_text(["a sound"])

    def by_text(self, text: str, limit: int = DEFAULT_LIMIT) -> SearchResult:
        """The simple case of :meth:`search`: sounds that fit a typed text."""
        return self.search(Query(text=text, limit=limit))

    def search(self, query: Query, clips: Sequence[Clip] = ()) -> SearchResult:
        """Sounds that fit a query, best first.

        Args:
            clips: what the query's clip parts refer to; those that none refers to are wanted.

        Raises:
            QueryError: the typed text breaks the grammar.
            InvalidRequest: the query cannot be answered as it is.
            ModelError, LibraryError: the model or the library failed.
        """
        started = time.perf_counter()
        self._check_limit(query.limit)
        asked = resolve(query, len(clips), self._library.settings.max_query_chars)
        with self._library.searching() as space:
            owner = self._fingerprint(query, space, clips)
            place = Place(0, query.limit)
            if query.cursor is not None:
                place = read_cursor(query.cursor, owner)
                self._check_limit(place.first)
            if query.mode != "lexical":
                self._check_complete(space)
            hits, last = self._page(space, asked, query, clips, place)
            facets = self._facets(space, asked, query, clips) if query.facets else None
        more = len(hits) == query.limit
        after = Place(place.offset + query.limit, place.first, last)
        return SearchResult(
            hits=hits,
            model=space.embedder.name,
            took_ms=(time.perf_counter() - started) * 1000,
            parts=list(asked.parts),
            understood=asked.understood,
            facets=facets,
            cursor=write_cursor(after, owner) if more else None,
        )

    def _page(
        self,
        space: OpenSpace,
        asked: Resolved,
        query: Query,
        clips: Sequence[Clip],
        place: Place,
    ) -> tuple[list[Hit], Last | None]:
        selection = self._selection(asked, query)
        end = place.offset + query.limit
        if not asked.parts:
            with self._library.catalog.read() as session:
                found, last = browse(session, selection, query.sort, place.last, query.limit)
            return [each.hit() for each in found], last
        sides = self._sides(space, asked, query.mode, clips)
        if query.sort == "relevance":
            hits = self._hits(sides, selection, place.first)
            return list(islice(hits, place.offset, end)), None
        pool = list(islice(self._hits(sides, selection, POOL), POOL))
        return in_order(pool, query.sort)[place.offset : end], None

    def _facets(
        self, space: OpenSpace, asked: Resolved, query: Query, clips: Sequence[Clip]
    ) -> Facets:
        selection = self._selection(asked, query)
        found: list[str] | None = None
        if asked.parts:
            sides = self._sides(space, asked, query.mode, clips)
            hits = self._hits(sides, selection, RELEVANT)
            found = [hit.sound_id for hit in islice(hits, RELEVANT)]
        with self._library.catalog.read() as session:
            these = that_fit(session, selection, found)
            return count_facets(session, query.facets, these, asked.filters)

    def _selection(self, asked: Resolved, query: Query) -> Selection:
        return Selection(
            self._conditions(asked.filters),
            None if query.within is None else frozenset(query.within),
            frozenset(part.sound_id for part in asked.parts if isinstance(part, ItemPart)),
        )

    def _sides(self, space: OpenSpace, asked: Resolved, mode: Mode, clips: Sequence[Clip]) -> Sides:
        queries, index = self._queries, self._library.words
        words = wanted_words(queries, index, asked, mode)
        unwanted = unwanted_words(queries, index, asked, mode)
        if mode == "lexical":
            return Sides(None, words, unwanted)
        composed = self._composer.compose(space, asked.parts, clips)
        return Sides(Ear(space.vectors, composed), words, unwanted)

    def _hits(self, sides: Sides, selection: Selection, limit: int) -> Iterator[Hit]:
        """Hits, best first; sounds without a file at hand that fits are passed over."""
        catalog = self._library.catalog
        ranked = sides.ranked(catalog, selection, limit)
        judged = demoted_last(sides.ear, sides.unwanted, ranked)
        within = selection.within
        size = min(limit, MOST_IDS)
        while page := list(islice(judged, size)):
            size = min(4 * size, MOST_IDS)  # few of them fit: ask the catalogue less often
            ids = [each.sound_id for each, _ in page if within is None or each.sound_id in within]
            with catalog.read() as session:
                found = hydrate(session, ids, selection.conditions)
                said = [each.sound_id for each, _ in page if each.said and each.sound_id in found]
                words = matched_words(session, said, sides.typed)
            for each, demoted_by in page:
                if each.sound_id in found:
                    why = sides.why(each) | {"words": words.get(each.sound_id, [])}
                    yield found[each.sound_id].hit(each.window, demoted_by=demoted_by, **why)

    def _conditions(self, filters: Sequence[Filters]) -> Conditions:
        if not filters:
            return Conditions()
        with self._library.catalog.read() as session:
            return conditions(filters, session.scalars(select(Root)).all())

    def _fingerprint(self, query: Query, space: OpenSpace, clips: Sequence[Clip]) -> str:
        # An upload is bounded before it comes here; a file of this machine may be long.
        largest = self._library.settings.max_file_bytes
        hashes = []
        for clip in clips:
            try:
                hashes.append(content_id(clip.path, largest))
            except FileUnavailable as error:
                raise InvalidRequest(f"{clip.name}: {error}") from error
        return fingerprint(query, space.key, hashes)

    def _check_complete(self, space: OpenSpace) -> None:
        if space is not self._complete:
            with self._library.catalog.read() as session:
                if check_complete(session, space):
                    self._complete = space  # and stays so while this process uses it

    def _check_limit(self, limit: int) -> None:
        highest = self._library.settings.max_limit
        if not 1 <= limit <= highest:
            raise InvalidRequest(f"The limit must lie between 1 and {highest}, not {limit}.")
