"""What every kind of filter can do: read what was typed, write it, say it in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel
from sqlalchemy import ColumnElement

from foundsound.catalog.models import Root
from foundsound.errors import QueryError


@dataclass(frozen=True)
class Scope:
    """What a condition is written for."""

    roots: Sequence[Root]
    whole: bool = False  # looks through the whole catalogue, not at a few sounds


@dataclass(frozen=True)
class Typed:
    """One filter as it stands in the text, ``-key:value``."""

    key: str
    value: str  # without its quotes
    start: int  # of the value in the text
    end: int
    negated: bool
    quoted: bool

    def error(self, sentence: str, word: str = "") -> QueryError:
        """An error that points at the value, or at one of the words between its commas."""
        at = f",{self.value},".find(f",{word},") if word else -1
        if at < 0:
            return QueryError(sentence, (self.start, self.end))
        start = self.start + self.quoted + at
        return QueryError(sentence, (start, start + len(word)))


class Kind(Protocol):
    """A kind of filter, on one column or on the path."""

    example: str  # a value that a person might type

    @property
    def of_location(self) -> bool:
        """True when it holds for one of the places where a sound lies, not for the sound."""

    def read(self, typed: Typed, earlier: Any) -> BaseModel:
        """The value that was typed, together with what the same key said earlier, if anything.

        Raises:
            QueryError: no such value can be.
        """

    def write(self, key: str, value: Any) -> list[str]:
        """The value as a person would type it; reading it gives it back."""

    def where(self, value: Any, scope: Scope) -> ColumnElement[bool]:
        """The condition on Sound, or on Location and its root; never NULL when it is turned round.

        Raises:
            InvalidRequest: no such value can be.
        """
