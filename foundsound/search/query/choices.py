"""Filters on words: one of several must fit (``fmt:wav,flac``), or each of them (``desc:``)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, not_, or_

from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Scope, Typed
from foundsound.search.query.values import Choice, Phrases

Clause = ColumnElement[bool]
Condition = Callable[[str, Scope], Clause]  # what one word means
_PLAIN = re.compile(r"[^\W_][\w.*?#/-]*")  # needs no quotes


@dataclass(frozen=True)
class Choices:
    """A filter of which one word must fit; typed again, it adds alternatives.

    Args:
        condition: what a word means; raises InvalidRequest where it can mean nothing.
        example: a value for the error that explains.
        of_location: the condition is one on Location.
        commas: a comma parts two words, inside quotes too.
        tidy: a typed word as it is kept; raises InvalidRequest as ``condition`` does.
    """

    condition: Condition
    example: str
    of_location: bool = False
    commas: bool = True
    tidy: Callable[[str], str] = str

    def read(self, typed: Typed, earlier: Choice | None) -> Choice:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        words = listed(typed) if self.commas else [typed.value]
        tidied = [self._tidied(typed, word) for word in words]
        return Choice(**with_words(earlier, ("any", "none"), typed, tidied))

    def _tidied(self, typed: Typed, word: str) -> str:
        try:
            return self.tidy(word)
        except InvalidRequest as error:
            raise typed.error(str(error), word) from error

    def write(self, key: str, value: Choice) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        written = []
        for sign, words in (("", value.any), ("-", value.none)):
            if self.commas and words and all(map(_PLAIN.fullmatch, words)):
                written.append(f"{sign}{key}:{','.join(words)}")
            else:
                written += [f'{sign}{key}:"{word}"' for word in words]
        return written

    def where(self, value: Choice, scope: Scope) -> Clause:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        conditions = [not_(self.condition(word, scope)) for word in value.none]
        if value.any:
            conditions.append(or_(*(self.condition(word, scope) for word in value.any)))
        return and_(*conditions)


@dataclass(frozen=True)
class AllOf:
    """A filter of which each word must fit; see :class:`Choices`."""

    condition: Condition
    example: str
    of_location: bool = False

    def read(self, typed: Typed, earlier: Phrases | None) -> Phrases:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        return Phrases(**with_words(earlier, ("all", "none"), typed, [typed.value]))

    def write(self, key: str, value: Phrases) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        return [f'{key}:"{w}"' for w in value.all] + [f'-{key}:"{w}"' for w in value.none]

    def where(self, value: Phrases, scope: Scope) -> Clause:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        none = [not_(self.condition(word, scope)) for word in value.none]
        return and_(*(self.condition(word, scope) for word in value.all), *none)


def with_words(
    earlier: BaseModel | None, fields: Sequence[str], typed: Typed, words: Iterable[str]
) -> dict[str, Any]:
    """What the key said before, and these words in the first field, behind a dash in the last.

    Raises:
        QueryError: a word is empty.
    """
    held = earlier.model_dump() if earlier else {}
    into = fields[-1] if typed.negated else fields[0]
    for word in (" ".join(word.split()) for word in words):
        if not word:
            raise typed.error(f"'{typed.key}:' needs a value between its quotes.")
        if word not in held.get(into, ()):
            held[into] = (*held.get(into, ()), word)
    return held


def listed(typed: Typed) -> list[str]:
    """The words between the commas of a typed value."""
    return [word for word in typed.value.split(",") if word.strip()] or [typed.value]
