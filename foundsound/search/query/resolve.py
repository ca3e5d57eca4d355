"""From a query as it was sent to its parts and filters; checks what JSON cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundsound.errors import InvalidRequest, QueryError
from foundsound.search.query.filters import Filters
from foundsound.search.query.grammar import parse
from foundsound.search.query.parts import MOST_PARTS, ClipPart, Part, TextPart
from foundsound.search.query.query import Query

EMPTY = "The query is empty; describe a sound, such as 'rain on a roof'."
NO_WEIGHT = "The text has no weight, and nothing else is wanted; give it some, or add a sound."


@dataclass(frozen=True)
class Resolved:
    """A query with its typed text taken apart."""

    parts: tuple[Part, ...]  # with at least one that is wanted, or none at all: filters alone
    filters: tuple[Filters, ...]  # all of them hold
    understood: str | None
    held: bool = False  # the filters leave only sounds of which all that is wanted is said
    said: Mapping[str, str] = field(default_factory=dict)  # by its English: a text as it was typed


def resolve(query: Query, clips: int, most_chars: int) -> Resolved:
    """Take a query apart.

    Args:
        clips: how many came with it; those that no part names are wanted.
        most_chars: in all its texts together.

    Raises:
        QueryError: the typed text breaks the grammar.
        InvalidRequest: too much text, nothing to find, or characters that are none.
    """
    texts = [query.text or "", *(p.text for p in query.parts if isinstance(p, TextPart))]
    _check_texts(texts, most_chars)
    typed = parse(query.text or "", alone=not (query.parts or clips))
    named = {part.clip for part in query.parts if isinstance(part, ClipPart)}
    parts: list[Part] = []
    if typed.text and query.text_weight:  # at the end of the slider the text is left out
        parts.append(TextPart(text=typed.text, weight=query.text_weight))
    parts += [TextPart(text=term, negative=True) for term in typed.unwanted]
    parts += [_tidy(part) for part in query.parts]
    parts += [ClipPart(clip=number) for number in range(clips) if number not in named]
    filters = tuple(each for each in (typed.filters, query.filters) if any(each.given()))
    if len(parts) > MOST_PARTS:
        raise InvalidRequest(f"The query has {len(parts)} parts; the most is {MOST_PARTS}.")
    if typed.text and not query.text_weight and all(part.negative for part in parts):
        raise InvalidRequest(NO_WEIGHT)
    if parts and all(part.negative for part in parts):
        raise InvalidRequest("Say what to find as well: unwanted parts only take away.")
    if not parts and not filters and query.within is None and not query.facets:
        raise InvalidRequest(EMPTY)
    wanted = [part for part in parts if not part.negative]
    held = typed.all_quoted and len(wanted) == 1 and query.text_weight > 0
    if held and query.mode == "lexical" and len(parts) == 1:
        parts = []  # the words are a filter, which finds more than an index of whole words
    return Resolved(tuple(parts), filters, typed.as_typed() or None, held)


def _check_texts(texts: list[str], most_chars: int) -> None:
    length = sum(map(len, texts))
    if length > most_chars:
        raise InvalidRequest(
            f"The query has {length:,} characters; the most is {most_chars:,}. "
            "A sentence is enough."
        )
    for number, text in enumerate(texts):
        for at, character in enumerate(text):
            if "\ud800" <= character <= "\udfff":  # half of a character, or bytes
                sentence = "The query holds characters that are not valid Unicode."
                raise (
                    QueryError(sentence, (at, at + 1)) if number == 0 else InvalidRequest(sentence)
                )


def _tidy(part: Part) -> Part:
    if not isinstance(part, TextPart):
        return part
    text = " ".join(part.text.split())
    if not text:
        raise InvalidRequest(EMPTY)
    return part.model_copy(update={"text": text})
