"""The one search path: CLI, API and everything else come through here."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from foundsound.calibrate import known_calibration
from foundsound.catalog.identity import content_id
from foundsound.catalog.until_changed import UntilChanged
from foundsound.errors import FileUnavailable, InvalidRequest
from foundsound.lexical.query import LexicalQueries
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.answers import answers, standing_out, threshold_of
from foundsound.search.aside import aside
from foundsound.search.browse import Browsed, browse
from foundsound.search.clips import Clip
from foundsound.search.completeness import check_complete
from foundsound.search.compose import Composed, Composer
from foundsound.search.cursor import Last, Place, fingerprint, read_cursor, write_cursor
from foundsound.search.demotion import demoted_last
from foundsound.search.facet_results import RELEVANT, Facets
from foundsound.search.facet_values import that_fit
from foundsound.search.facets import count_facets
from foundsound.search.fitting import FittingSounds
from foundsound.search.holdings import why_nothing
from foundsound.search.hydrate import FoundFiles
from foundsound.search.languages import Languages
from foundsound.search.matched_words import SaidWords
from foundsound.search.matching import Selection
from foundsound.search.order import POOL, in_order
from foundsound.search.page_behind import page_behind
from foundsound.search.query.filters import Conditions
from foundsound.search.query.parts import ItemPart, TextPart
from foundsound.search.query.query import DEFAULT_LIMIT, Query
from foundsound.search.query.resolve import Resolved, resolve
from foundsound.search.rankings import Ear, Ranked
from foundsound.search.results import Hit, SearchResult
from foundsound.search.shown import Look, Shown, shown
from foundsound.search.sides import Lexical, Sides, lexical_side
from foundsound.search.threshold import EVERYTHING
from foundsound.tracing import span

THREADS = 8  # look for words while texts are embedded; who finds none free does both in turn
MOST_FACETS = 64  # queries of filters alone whose counts are remembered: up to 100 kB each
MOST_BROWSED = 5_000  # sounds on pages of such queries that are: 3 MB


@dataclass(frozen=True)
class _Page:
    """The hits of one page, where the next one begins, and whether anything answers the query."""

    hits: list[Hit]
    end: int  # hits up to here
    last: Last | None
    answered: bool = True


class Searcher:
    """Answers queries over an open library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._complete: OpenSpace | None = None
        self._fitting = FittingSounds(library.catalog)
        self._known_facets = UntilChanged[Facets](library.catalog, MOST_FACETS)
        self._known_pages = UntilChanged[Browsed](
            library.catalog, MOST_BROWSED, lambda p: len(p[0])
        )
        self._queries = LexicalQueries(library.catalog, library.words)
        self._files = FoundFiles(library.catalog)
        self._said = SaidWords(library.catalog)
        self._composer = Composer(library)
        self._languages = Languages(library.settings)
        self._threads = ThreadPoolExecutor(THREADS, "words")
        # What the last search has used: freeing it takes 0.3 ms, which the next text takes anyway.
        self._used: deque[object] = deque(maxlen=1)

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
        typed = resolve(query, len(clips), self._library.settings.max_query_chars)
        asked, searched_as = self._languages.understood(typed)
        with self._library.searching() as space, self._library.catalog.version_once():
            owner = self._fingerprint(query, space, clips)
            place = Place(0, query.limit)
            if query.cursor is not None:
                place = read_cursor(query.cursor, owner)
                self._check_limit(place.first)
            if query.mode != "lexical":
                self._check_complete(space)
            page = self._page(space, asked, query, clips, place)
            facets = self._facets(space, asked, query, clips) if query.facets else None
        nothing = None if page.hits or place.offset else self._why_nothing()
        more = len(page.hits) == query.limit
        after = Place(page.end, place.first, page.last)
        return SearchResult(
            hits=page.hits,
            answered=page.answered,
            model=space.embedder.name,
            took_ms=(time.perf_counter() - started) * 1000,
            parts=list(typed.parts),
            understood=typed.understood,
            searched_as=searched_as,
            nothing=nothing,
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
    ) -> _Page:
        selection = self._selection(asked, query)
        if not asked.parts:
            found, last = self._browsed(asked, query, selection, place)
            return _Page([each.hit() for each in found], place.offset + query.limit, last)
        by_relevance = query.sort == "relevance"
        first = place.first if by_relevance else POOL
        demotes = any(part.negative for part in asked.parts)
        diversity = query.diversity if by_relevance else 0.0
        look = Look(first, query.fold, diversity, demotes, query.show_weak)
        sides = self._sides(space, asked, query, clips, selection, look)
        ranked = sides.ranked(selection, look.first)
        least = self._least(sides, ranked, selection, query)
        looked = self._shown(sides, ranked, selection, least, look, asked.held)
        if not by_relevance:
            looked = iter(in_order(islice(looked, POOL), query.sort))
        page, end, last = page_behind(looked, place, query.limit)
        if not place.offset:  # what was read far down may be much
            self._used.append((sides, ranked, looked))
        nothing_there = ranked.best is None
        answered = nothing_there or place.offset > 0 or any(not s.answer.weak for s in page)
        return _Page(self._hits(sides, page), end, last, answered)

    def _browsed(
        self, asked: Resolved, query: Query, selection: Selection, place: Place
    ) -> Browsed:
        def read() -> Browsed:
            with self._library.catalog.read() as session:
                return browse(session, selection, query.sort, place.last, query.limit)

        if query.within is not None:
            return read()
        return self._known_pages.get((asked.filters, query.sort, place.last, query.limit), read)

    def _facets(
        self, space: OpenSpace, asked: Resolved, query: Query, clips: Sequence[Clip]
    ) -> Facets:
        selection = self._selection(asked, query)
        if not asked.parts and query.within is None:
            key = (asked.filters, query.facets)
            return self._known_facets.get(key, lambda: self._count(asked, query, selection, None))
        found: list[str] | None = None
        least = float("-inf")
        if asked.parts:
            look = Look(RELEVANT, fold=False, diversity=0.0, weak=query.show_weak)
            sides = self._sides(space, asked, query, clips, selection, look)
            ranked = sides.ranked(selection, RELEVANT)
            least = self._least(sides, ranked, selection, query)
            looked = self._shown(sides, ranked, selection, least, look, asked.held)
            least = float("-inf") if asked.held else least
            found = [each.found.id for each in islice(looked, RELEVANT)]
        return self._count(asked, query, selection, found).by(least)

    def _count(
        self, asked: Resolved, query: Query, selection: Selection, found: Sequence[str] | None
    ) -> Facets:
        with self._library.catalog.read() as session:
            these = that_fit(session, selection, found)
            return count_facets(session, query.facets, these, asked.filters)

    def _selection(self, asked: Resolved, query: Query) -> Selection:
        filters = asked.filters
        return Selection(
            self._fitting.conditions(filters) if filters else Conditions(),
            None if query.within is None else frozenset(query.within),
            frozenset(part.sound_id for part in asked.parts if isinstance(part, ItemPart)),
            lambda: self._fitting.fitting(filters),
        )

    def _sides(
        self,
        space: OpenSpace,
        asked: Resolved,
        query: Query,
        clips: Sequence[Clip],
        selection: Selection,
        look: Look,
    ) -> Sides:
        def lexical() -> Lexical:
            self._used.clear()
            queries, index = self._queries, self._library.words
            return lexical_side(queries, index, asked, query.mode, selection, look.first)

        if query.mode == "lexical":
            side = lexical()
            return Sides(None, side.words, side.unwanted)
        if query.mode == "dense" or not any(isinstance(part, TextPart) for part in asked.parts):
            side = lexical()
            composed = self._composed(space, asked, clips)
        else:  # a new text takes its encoder longer than its words take catalogue and engine
            with aside(self._threads, lexical) as begun:
                composed = self._composed(space, asked, clips)
            side = begun.result()
        calibration = known_calibration(self._library.catalog, space)
        each = query.combine == "each"
        ear = Ear(space.vectors, composed, calibration, each, compared=look.by_blocks)
        return Sides(ear, side.words, side.unwanted, side.said)

    def _composed(self, space: OpenSpace, asked: Resolved, clips: Sequence[Clip]) -> Composed:
        with span("embed"):
            return self._composer.compose(space, asked.parts, clips)

    def _least(self, sides: Sides, ranked: Ranked, selection: Selection, query: Query) -> float:
        """The strength from which on what is heard answers."""
        if query.least is not None:
            return query.least
        chosen = selection.chosen
        sounds = self._queries.sounds() if chosen is None else len(chosen.ids)
        return standing_out(sides.ear, ranked.best, sounds)

    def _shown(
        self,
        sides: Sides,
        ranked: Ranked,
        selection: Selection,
        least: float,
        look: Look,
        held: bool,
    ) -> Iterator[Shown]:
        """What answers the query, or all with ``look.weak``; no sounds that are not at hand."""
        faint = sides.words.query.faint if sides.words else 0.0
        threshold = EVERYTHING if held else threshold_of(sides.ear, least, faint)
        candidates = ranked.candidates(None if look.weak else threshold)
        judged = demoted_last(sides.ear, sides.unwanted, candidates, selection)
        found = answers(sides.ear, threshold, judged, look.weak)
        return shown(self._files, sides.ear, found, selection, look)

    def _hits(self, sides: Sides, page: Sequence[Shown]) -> list[Hit]:
        """What is shown, with all that speaks for it."""
        candidates = [each.answer.candidate for each in page]
        said = [each.sound_id for each in candidates if each.said_rank]
        words = self._said.matched(said, sides.typed)
        return [
            each.found.hit(
                each.answer.candidate.window,
                **sides.why(each.answer.candidate),
                **each.answer.why(),
                takes=each.takes,
                words=words.get(each.answer.candidate.sound_id, []),
            )
            for each in page
        ]

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

    def _why_nothing(self) -> str | None:
        with self._library.catalog.read() as session:
            return why_nothing(session)

    def _check_complete(self, space: OpenSpace) -> None:
        if space is not self._complete:
            with self._library.catalog.read() as session:
                if check_complete(session, space):
                    self._complete = space  # and stays so while this process uses it

    def _check_limit(self, limit: int) -> None:
        highest = self._library.settings.max_limit
        if not 1 <= limit <= highest:
            raise InvalidRequest(f"The limit must lie between 1 and {highest}, not {limit}.")
