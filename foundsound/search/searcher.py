"""The one search path: CLI, API and everything else come through here."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import select

from foundsound.catalog.identity import content_id
from foundsound.catalog.models import Root
from foundsound.errors import FileUnavailable, InvalidRequest
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.browse import browse
from foundsound.search.clips import Clip, ClipVectors
from foundsound.search.completeness import check_complete
from foundsound.search.compose import Composed, Composer
from foundsound.search.cursor import Last, Place, fingerprint, read_cursor, write_cursor
from foundsound.search.demotion import demoted_last
from foundsound.search.facet_values import that_fit
from foundsound.search.facets import RELEVANT, Facets, count_facets
from foundsound.search.hydrate import hydrate
from foundsound.search.matching import Selection, nearest_matching
from foundsound.search.order import POOL, in_order
from foundsound.search.query.filters import Conditions, Filters, conditions
from foundsound.search.query.parts import ItemPart
from foundsound.search.query.query import DEFAULT_LIMIT, Query
from foundsound.search.query.resolve import Resolved, resolve
from foundsound.search.results import Hit, SearchResult

MOST_IDS = 4000  # in one statement; SQLite may take no more than 32,766 parameters


class Searcher:
    """Answers queries over an open library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._complete: OpenSpace | None = None
        self._composer = Composer(library.catalog, ClipVectors(library.settings))

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
            return [each.plain_hit() for each in found], last
        composed = self._composer.compose(space, asked.parts, clips)
        if query.sort == "relevance":
            hits = self._ranked(space, composed, selection, place.first)
            return list(islice(hits, place.offset, end)), None
        pool = list(islice(self._ranked(space, composed, selection, POOL), POOL))
        return in_order(pool, query.sort)[place.offset : end], None

    def _facets(
        self, space: OpenSpace, asked: Resolved, query: Query, clips: Sequence[Clip]
    ) -> Facets:
        selection = self._selection(asked, query)
        found: list[str] | None = None
        if asked.parts:
            composed = self._composer.compose(space, asked.parts, clips)
            hits = self._ranked(space, composed, selection, RELEVANT)
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

    def _ranked(
        self, space: OpenSpace, composed: Composed, selection: Selection, limit: int
    ) -> Iterator[Hit]:
        """Hits, best first; sounds without a file at hand that fits are passed over."""
        catalog, several = self._library.catalog, len(composed.parts) > 1
        near = nearest_matching(
            catalog, space.vectors, composed.vector, limit, selection, with_vectors=several
        )
        judged = demoted_last(space.vectors, composed, near)
        within = selection.within
        size = min(limit, MOST_IDS)
        while page := list(islice(judged, size)):
            size = min(4 * size, MOST_IDS)  # few of them fit: ask the catalogue less often
            ids = [hit.sound_id for hit, _ in page if within is None or hit.sound_id in within]
            with catalog.read() as session:
                found = hydrate(session, ids, selection.conditions)
            for hit, demoted_by in page:
                if hit.sound_id in found:
                    reasons = composed.reasons(hit.score, hit.vector)
                    yield found[hit.sound_id].hit(hit, reasons, demoted_by)

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
