"""Filters on dates, by UTC: ``added:>2026-01``, ``added:2026``, ``added:2026-01-15..2026-02``.

A date names a whole day, month or year: ``>2026-01`` starts when January is over.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from foundsound.search.query.kind import Scope, Typed
from foundsound.search.query.values import Days

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True)
class Moment:
    """A filter on a column of times."""

    column: InstrumentedAttribute[datetime]
    example: str = ">2026-01"
    of_location: bool = False

    def read(self, typed: Typed, earlier: Days | None) -> Days:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        if typed.negated:
            raise typed.error(f"'-{typed.key}:' cannot be; turn the comparison round.")
        bounds = self._bounds(typed)
        try:
            found = Days(**bounds)
            return earlier.narrowed(found) if earlier else found
        except ValueError as error:
            raise typed.error(
                f"No day can be in '{typed.key}:{typed.value}'"
                + (f" and in what '{typed.key}:' says before it." if earlier else ".")
            ) from error

    def write(self, key: str, value: Days) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        bounds = ((">=", value.gte), ("<", value.lt))
        return [f"{key}:{sign}{day.isoformat()}" for sign, day in bounds if day is not None]

    def where(self, value: Days, scope: Scope) -> ColumnElement[bool]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        conditions = []
        if value.gte is not None:
            conditions.append(self.column >= _midnight(value.gte))
        if value.lt is not None:
            conditions.append(self.column < _midnight(value.lt))
        return and_(*conditions)

    def _bounds(self, typed: Typed) -> dict[str, Any]:
        low, dots, high = typed.value.partition("..")
        if dots and (low or high):
            first = {"gte": self._period(typed, low)[0]} if low else {}
            return first | ({"lt": self._period(typed, high)[1]} if high else {})
        sign = next((s for s in ("<=", ">=", "<", ">", "=") if low.startswith(s)), "")
        start, end = self._period(typed, low[len(sign) :])
        one_sided = {
            "<": {"lt": start},
            "<=": {"lt": end},
            ">": {"gte": end},
            ">=": {"gte": start},
        }
        return one_sided.get(sign, {"gte": start, "lt": end})

    def _period(self, typed: Typed, text: str) -> tuple[date, date]:
        """The day, month or year: its first day and the first one after it."""
        match = _DATE.fullmatch(text)
        if match is None:
            raise typed.error(
                f"'{typed.value}' is no date; write year, month and day as in "
                f"'{typed.key}:{self.example}' or '{typed.key}:2026-01-15'."
            )
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None  # the pattern has it
        try:
            start = date(year, month or 1, day or 1)
            if day:
                return start, start + timedelta(days=1)
            if month:
                return start, date(year + month // 12, month % 12 + 1, 1)
            return start, date(year + 1, 1, 1)
        except (ValueError, OverflowError) as error:
            raise typed.error(f"There is no date {text}.") from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
