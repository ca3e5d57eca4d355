"""The text box's grammar: ``rain, no thunder "roof" dur:<10 -fmt:mp3``.

Whatever is none of its forms is description, unchanged, so that an ordinary sentence needs no
thought: see tests/search/test_grammar.py for what passes.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from foundsound.errors import QueryError
from foundsound.search.query.denied import deny
from foundsound.search.query.description import (
    CLOSING,
    COMMAS,
    NO,
    OPENING,
    STOPS,
    Word,
    close_bracket,
    end_clause,
    split_unwanted,
    without_last_comma,
)
from foundsound.search.query.filters import KINDS, Filters
from foundsound.search.query.foreign_denial import in_english
from foundsound.search.query.kind import Typed
from foundsound.search.query.tokens import (
    ALIASES,
    Plain,
    Quoted,
    Unwanted,
    half_width,
    needs_value,
    tokens,
)

_COMPARED = re.compile(r"([^\W\d_]{2,})(=|(?=[<>]))([^\s)\]]+?)[,;.)\]]*")  # "dur<5", "ch=2"


@dataclass(frozen=True)
class Understood:
    """A typed query, taken apart."""

    text: str  # the description; empty when there is none
    unwanted: tuple[str, ...]
    filters: Filters
    spelt: str = field(compare=False)  # the description with its quotes
    quoted: tuple[str, ...] = field(compare=False)  # what stands in them
    all_quoted: bool = field(compare=False)  # the description is nothing but that

    def as_typed(self) -> str:
        """The same in its plainest form; parsing that gives the same again."""
        said = self.spelt  # empty where something beside the text says what is wanted
        for term in self.unwanted:
            # "re:," reads as a filter, and behind ".," no comma is kept.
            blank = " " if self.spelt.endswith((*STOPS, ":")) or _dashes(term) else ""
            said += blank + (f"-{term}" if _dashes(term) else f", no {term}")
        said = said if self.spelt else said.lstrip(", ")
        said_already = {f'words:"{words}"' for words in self.quoted}
        fields = [
            written
            for name, value in self.filters.given()
            for written in KINDS[name].write(name, value)
            if written not in said_already
        ]
        plain = [word for word in said.split() if not word.startswith("-")]
        if plain and plain[-1].lstrip(OPENING).lower() in NO:  # it would be one of what follows
            return " ".join((*fields, said))
        return " ".join(filter(None, (said, *fields)))


def parse(text: str, *, alone: bool = True) -> Understood:
    """Take a typed query apart.

    Args:
        alone: nothing else says what is wanted, so the text must.

    Raises:
        QueryError: with the place of what is wrong.
    """
    told = half_width(text)
    words: list[Word] = []
    dashed: dict[str, Unwanted] = {}
    values: dict[str, Any] = {}
    for token in deny(in_english(tokens(text))):
        if isinstance(token, Plain):
            _add(words, token)
            continue
        end = token.end
        if isinstance(token, Unwanted):
            dashed.setdefault(token.text, token)
        else:
            _read(values, token.typed)
            if isinstance(token, Quoted) and not token.typed.negated:
                words.append(Word(" ".join(token.typed.value.split()), quoted=True))
        if told.startswith(tuple(CLOSING), end):
            close_bracket(words)
            end += 1
        if told[end : end + 1] in COMMAS:
            end_clause(words)
    wanted, phrases = split_unwanted(words)
    unwanted = tuple(dict.fromkeys([*dashed, *phrases]))
    if unwanted or values:
        wanted = without_last_comma(wanted)
    _check_no_filters(wanted)
    said = " ".join(word.said for word in wanted)
    spelt = " ".join(word.spelt for word in wanted)
    if alone and unwanted and not said:
        first = next(iter(dashed.values()), None)
        raise QueryError(
            "Say what to find as well: unwanted words only take away.",
            (first.start, first.end) if first else (0, len(text)),
        )
    in_order = tuple(sorted(unwanted, key=lambda term: not _dashes(term)))
    quoted = tuple(word.text for word in wanted if word.quoted)
    all_quoted = len(quoted) == len(wanted) > 0
    return Understood(said, in_order, Filters(**values), spelt, quoted, all_quoted)


def _add(words: list[Word], token: Plain) -> None:
    if token.text in COMMAS and (not words or words[-1].quoted or words[-1].ends_with(COMMAS)):
        end_clause(words)
    else:
        words.append(Word(token.text, start=token.start, literal=token.literal))


def _check_no_filters(words: list[Word]) -> None:
    """A filter's name with its colon may be a word, but not where a value must have been meant."""
    for word, after in pairwise([*words, None]):
        key = word.text[:-1].lower() if word and word.text.endswith(":") else ""
        if word and not word.quoted and (compared := _COMPARED.fullmatch(word.text)):
            _check_colon(word, *compared.groups())
        if word is None or word.quoted or key not in KINDS:
            continue
        span = (word.start, word.start + len(word.text))
        if after is None:
            raise QueryError(needs_value(key), span)
        if not after.quoted and after.text[0] in "<>=":
            raise QueryError(f"Write the value straight after '{key}:', without a blank.", span)


def _check_colon(word: Word, name: str, equals: str, value: str) -> None:
    # "hz=440" is a pitch, so what only others call a filter needs more than that.
    key = name.lower() if equals else ALIASES.get(name.lower(), name.lower())
    if key not in KINDS:
        return
    try:
        KINDS[key].read(Typed(key, value, 0, len(value), negated=False, quoted=False), None)
    except (QueryError, ValidationError):
        return  # no filter was meant
    span = (word.start, word.start + len(word.text))
    raise QueryError(f"Put a colon behind the filter's name: '{key}:{value}'.", span)


def _read(values: dict[str, Any], typed: Typed) -> None:
    try:
        values[typed.key] = KINDS[typed.key].read(typed, values.get(typed.key))
    except ValidationError as error:
        what = error.errors()[0]["msg"]
        raise typed.error(f"'{typed.value}' is no value for '{typed.key}:': {what}.") from error


def _dashes(term: str) -> bool:
    """True when ``-term`` says it."""
    return term[0].isalpha() and " " not in term
