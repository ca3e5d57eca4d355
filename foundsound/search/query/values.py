"""The values of filters as JSON has them: ranges, days, choices, words."""

import re
import unicodedata
from datetime import date
from math import inf
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

MOST_CHOICES = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Level = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
# A quote mark could not be typed inside quotes; ``?`` stands for it.
Word = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=300, pattern=r'^[^"“”„\x00]*$'
    ),
    AfterValidator(lambda word: unicodedata.normalize("NFC", word)),  # as the catalogue's paths
]
# In one order, so that filters that mean the same are equal.
Words = Annotated[
    tuple[Word, ...],
    Field(max_length=MOST_CHOICES),
    AfterValidator(lambda words: tuple(sorted(set(words)))),
]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _says_something(self) -> "_Value":
        if not any(value not in (None, ()) for value in self.__dict__.values()):
            raise ValueError(f"give one of {', '.join(type(self).model_fields)}")
        return self


class Range(_Value):
    """A stretch of numbers, open or closed at either end."""

    gt: Bound | None = None
    gte: Bound | None = None
    lt: Bound | None = Field(default=None, examples=[5])
    lte: Bound | None = None

    @model_validator(mode="after")
    def _holds_a_number(self) -> "Range":
        if None not in (self.gt, self.gte) or None not in (self.lt, self.lte):
            raise ValueError("give gt or gte, and lt or lte, not both")
        low, high = self._low(), self._high()
        if low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1])):
            raise ValueError("no number lies in it: the lower bound must come first")
        return self

    def narrowed(self, other: Self) -> Self:
        """What lies in both.

        Raises:
            ValueError: nothing does.
        """
        low, open_low = max(self._low(), other._low())
        high, closed_high = min((h, not o) for h, o in (self._high(), other._high()))
        bounds: dict[str, Any] = {}
        if low > -inf:
            bounds["gt" if open_low else "gte"] = low
        if high < inf:
            bounds["lte" if closed_high else "lt"] = high
        return type(self)(**bounds)

    def _low(self) -> tuple[float, bool]:
        if self.gt is not None:
            return self.gt, True
        return (-inf, False) if self.gte is None else (self.gte, False)

    def _high(self) -> tuple[float, bool]:
        if self.lt is not None:
            return self.lt, True
        return (inf, False) if self.lte is None else (self.lte, False)


class Levels(Range):
    """A stretch of levels, in dB against full scale: mostly below zero."""

    gt: Level | None = None
    gte: Level | None = None
    lt: Level | None = Field(default=None, examples=[-20])
    lte: Level | None = None


def _whole_day(value: Any) -> Any:
    """Seconds since 1970, and times of day, would pass for dates."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("write a day as 2026-01-31")


Day = Annotated[date, BeforeValidator(_whole_day)]


class Days(_Value):
    """A stretch of days, by UTC."""

    gte: Day | None = Field(default=None, description="From the start of this day.")
    lt: Day | None = Field(default=None, description="To the start of this day.")

    @model_validator(mode="after")
    def _holds_a_day(self) -> "Days":
        if self.gte is not None and self.lt is not None and self.gte >= self.lt:
            raise ValueError("no day lies in it: gte must come before lt")
        return self

    def narrowed(self, other: "Days") -> "Days":
        """What lies in both.

        Raises:
            ValueError: nothing does.
        """
        starts = [day for day in (self.gte, other.gte) if day is not None]
        ends = [day for day in (self.lt, other.lt) if day is not None]
        return Days(gte=max(starts, default=None), lt=min(ends, default=None))


class Choice(_Value):
    """One of these, and none of those."""

    any: Words = Field(default=(), description="One of these must hold.")
    none: Words = Field(default=(), description="None of these may hold.")


class Labels(_Value):
    """All of these, one of those, and none of the others."""

    all: Words = Field(default=(), description="Each of these must hold.")
    any: Words = Field(default=(), description="One of these must hold.")
    none: Words = Field(default=(), description="None of these may hold.")


class Phrases(_Value):
    """All of these, and none of those."""

    all: Words = Field(default=(), description="Each of these must hold.")
    none: Words = Field(default=(), description="None of these may hold.")
