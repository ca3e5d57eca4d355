"""The two sides of a query: what it is to sound like, and what is to be said of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from foundsound.errors import InvalidRequest
from foundsound.lexical.query import LexicalQueries, LexicalQuery, Said
from foundsound.lexical.tokens import tokens
from foundsound.search.demotion import UnwantedWords
from foundsound.search.fusion import Candidate
from foundsound.search.matching import Selection
from foundsound.search.query.parts import TextPart
from foundsound.search.query.query import Mode
from foundsound.search.query.resolve import Resolved
from foundsound.search.rankings import Ear, Ranked, Words, by_ear, by_words
from foundsound.search.tiers import BestSaid, best_said, by_both
from foundsound.vectors.lexical import LexicalIndex

NO_TEXT = (
    "No word here says anything that could be looked for in names; type others, or leave out "
    "mode=lexical."
)
ONLY_HEARD = "Sounds and clips have no words to look for; leave them out, or mode=lexical."


@dataclass(frozen=True)
class Sides:
    """A query, ready to be answered; one of the two sides at least is there."""

    ear: Ear | None
    words: Words | None
    unwanted: UnwantedWords
    said: BestSaid | None = None  # what the words have found already

    @property
    def typed(self) -> Mapping[str, str]:
        """By stem, the typed word that it stands for."""
        return self.words.query.words if self.words else {}

    def ranked(self, selection: Selection, limit: int) -> Ranked:
        """What the query finds, best first; ``limit`` are likely to be enough."""
        if self.words is None:
            assert self.ear is not None
            return by_ear(self.ear, selection, limit)
        if self.ear is None:
            return by_words(self.words, selection, limit)
        return by_both(self.ear, self.words, selection, limit, self.said)

    def why(self, found: Candidate) -> dict[str, Any]:
        """The fields of a hit that say what spoke for it."""
        reasons = []
        if self.ear is not None and found.window is not None:
            vector = found.window.vector if self.ear.of_parts else None
            reasons = self.ear.composed.reasons(found.window.score, vector)
        return {
            "reasons": reasons,
            "heard": _ranking(found.heard_rank, found.by_heard),
            "said": _ranking(found.said_rank, found.by_said),
        }


@dataclass(frozen=True)
class Lexical:
    """The lexical side of a query, with what it has found."""

    words: Words | None
    unwanted: UnwantedWords
    said: BestSaid | None


def lexical_side(
    queries: LexicalQueries,
    index: LexicalIndex,
    asked: Resolved,
    mode: Mode,
    selection: Selection,
    limit: int,
) -> Lexical:
    """What is to be said of the sounds; of a query of both sides also which ones come first.

    Raises:
        InvalidRequest: mode=lexical, and the query is not all text, or says nothing.
    """
    words = wanted_words(queries, index, asked, mode)
    unwanted = unwanted_words(queries, index, asked, mode)
    ahead = words is not None and mode == "hybrid" and not words.among_near
    said = best_said(words, selection, limit) if words is not None and ahead else None
    return Lexical(words, unwanted, said)


def wanted_words(
    queries: LexicalQueries, index: LexicalIndex, asked: Resolved, mode: Mode
) -> Words | None:
    """The lexical side of a query; None when it has none.

    Raises:
        InvalidRequest: mode=lexical, and the query is not all text, or says nothing.
    """
    if mode == "lexical" and any(not isinstance(part, TextPart) for part in asked.parts):
        raise InvalidRequest(ONLY_HEARD)
    wanted = [part for part in asked.parts if not part.negative]
    texts = [
        Said(_said(queries, asked, part.text), part.weight)
        for part in wanted
        if isinstance(part, TextPart)
    ]
    query = queries.query(texts) if texts and mode != "dense" else None
    if query is None:
        if mode == "lexical":
            raise InvalidRequest(NO_TEXT)
        return None
    share = sum(text.weight for text in texts) / sum(part.weight for part in wanted)
    return Words(index, query, share, among_near=len(texts) < len(wanted))


def _said(queries: LexicalQueries, asked: Resolved, text: str) -> str:
    """A text as it was typed, if the library's own words are of that language; else its English."""
    typed = asked.said.get(text)
    return typed if typed is not None and queries.knows(typed) else text


def unwanted_words(
    queries: LexicalQueries, index: LexicalIndex, asked: Resolved, mode: Mode
) -> UnwantedWords:
    """The unwanted texts of a query, each on its own, by what sets it apart from the wanted ones.

    Of "siren, no police siren" that is "police": what is found has the siren anyway.
    """
    texts = {at: part for at, part in enumerate(asked.parts) if isinstance(part, TextPart)}
    wanted = {
        each.stem for part in texts.values() if not part.negative for each in tokens(part.text)
    }
    found: dict[int, LexicalQuery] = {}
    for at, part in texts.items() if mode != "dense" else ():
        query = _unwanted(queries, part, wanted) if part.negative else None
        if query is not None:
            found[at] = query
    return UnwantedWords(index, found)


def _unwanted(
    queries: LexicalQueries, part: TextPart, wanted: Collection[str]
) -> LexicalQuery | None:
    apart = " ".join(each.said for each in tokens(part.text) if each.stem not in wanted)
    return queries.query([Said(apart)]) or queries.query([Said(part.text)])


def _ranking(rank: int, contribution: float) -> dict[str, float] | None:
    return {"rank": rank, "contribution": contribution} if rank else None
