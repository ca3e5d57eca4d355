"""Filters on numbers: ``dur:<5``, ``dur:2..10``, ``sr:>=96k``, ``ch:stereo``, ``size:<10mb``.

A bare number is meant to its last digit: ``dur:5`` is 4.5 to 5.5 s, ``sr:44k`` holds 44,100 Hz. A
duration is never exactly 5 s, and nobody means it to be.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Double, and_, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from foundsound.search.query.kind import Scope, Typed
from foundsound.search.query.related import holds
from foundsound.search.query.values import Levels, Range

SECONDS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0}
HERTZ = {"": 1.0, "hz": 1.0, "k": 1000.0, "khz": 1000.0}
BYTES = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2.0**10, "mib": 2.0**20}
BYTES |= {"gib": 2.0**30}
COUNT = {"": 1.0}
BEATS = {"": 1.0, "bpm": 1.0}
BIT = {"": 1.0, "bit": 1.0, "bits": 1.0}
LOUDNESS = {"": 1.0, "lufs": 1.0, "lkfs": 1.0, "db": 1.0}
DBTP = {"": 1.0, "dbtp": 1.0, "dbfs": 1.0, "db": 1.0}
LAYOUTS = {"mono": 1, "stereo": 2, "quad": 4, "5.1": 6, "7.1": 8}
OPERATORS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):([0-5]\d(?:\.(\d{1,6}))?)")
_PLAIN = re.compile(r"([-\N{MINUS SIGN}]?)(\d{1,18}(?:\.(\d{1,20}))?|\.(\d{1,20})) ?([a-z]*)")


@dataclass(frozen=True)
class Number:
    """A filter on a column of numbers.

    Args:
        column: holds them in the unit that JSON uses, too.
        units: what may follow a number, and by what it is multiplied.
        example: a value for the error that explains.
        names: words that stand for numbers.
        whole: the column holds integers, so that a bare number is meant exactly.
        also: a second column; it is enough that the number in one of them fits.
        values: numbers as JSON has them; levels may lie below zero.
    """

    column: InstrumentedAttribute[Any]
    units: Mapping[str, float]
    example: str
    names: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False
    also: InstrumentedAttribute[Any] | None = None
    values: type[Range] = Range
    of_location: bool = False

    def read(self, typed: Typed, earlier: Range | None) -> Range:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        if typed.negated:
            raise typed.error(
                f"'-{typed.key}:' cannot be; turn the comparison round, as in '{typed.key}:>=5'."
            )
        value = typed.value.lower()
        try:
            found = self.values(**self._bounds(typed, value))
        except ValidationError as error:
            wrong = error.errors()[0]
            if wrong["type"] != "value_error":
                raise typed.error(
                    f"'{typed.value}' is no value for '{typed.key}:': {wrong['msg']}."
                ) from error
            raise typed.error(
                f"No number lies in '{typed.value}': the lower bound must come first."
            ) from error
        try:
            return earlier.narrowed(found) if earlier else found
        except ValueError as error:
            raise typed.error(
                f"Nothing can be in '{typed.key}:{typed.value}' and in what '{typed.key}:' says "
                "before it."
            ) from error

    def write(self, key: str, value: Range) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        if value.gte is not None and value.lte is not None:
            low, high = _digits(value.gte), _digits(value.lte)
            return [f"{key}:{low}" if self.whole and low == high else f"{key}:{low}..{high}"]
        bounds = [(sign, getattr(value, name)) for sign, name in OPERATORS.items()]
        return [f"{key}:{sign}{_digits(bound)}" for sign, bound in bounds if bound is not None]

    def where(self, value: Range, scope: Scope) -> ColumnElement[bool]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        columns = [self.column] if self.also is None else [self.column, self.also]
        return or_(*(holds(column, _lies_in(column, value), scope) for column in columns))

    def _bounds(self, typed: Typed, value: str) -> dict[str, float]:
        low, dots, high = value.partition("..")
        if dots:
            ends = {"gte": low, "lte": high}
            if not low and not high:
                raise self._unreadable(typed)
            return {name: self._one(typed, end)[0] for name, end in ends.items() if end}
        sign = next((s for s in ("<=", ">=", "<", ">", "=") if value.startswith(s)), "")
        number, half = self._one(typed, value[len(sign) :].strip())
        if sign in OPERATORS:
            return {OPERATORS[sign]: number}
        if half == 0.0:
            return {"gte": number, "lte": number}
        lowest = number - half if self._signed else max(number - half, 0.0)
        return {"gte": lowest, "lt": number + half}

    def _one(self, typed: Typed, text: str) -> tuple[float, float]:
        """A number in the column's unit, and half of its last digit's worth; 0 = exact."""
        if text in self.names:
            return float(self.names[text]), 0.0
        if "h" in self.units and (clock := _CLOCK.fullmatch(text)):
            hours, minutes, seconds, decimals = clock.groups()
            total = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
            return total, _half(decimals)
        plain = _PLAIN.fullmatch(text)
        if plain is None:
            raise self._unreadable(typed)
        sign, digits, *decimal, unit = plain.groups()
        decimals = decimal[0] or decimal[1]
        if sign and not self._signed:
            raise self._unreadable(typed)
        if unit not in self.units:
            known = ", ".join(name for name in self.units if name)
            hint = f"units are {known}" if known else "it has no unit"
            raise typed.error(f"'{unit}' is no unit of '{typed.key}:'; {hint}.")
        factor = -self.units[unit] if sign else self.units[unit]
        exact = self.whole and factor == 1.0 and not decimals
        half = 0.0 if exact else _half(decimals) * abs(factor)
        return float(Decimal(digits) * Decimal(factor)), half

    @property
    def _signed(self) -> bool:
        return self.values is Levels

    def _unreadable(self, typed: Typed) -> Exception:
        return typed.error(
            f"'{typed.value}' is no value for '{typed.key}:'; write for example "
            f"'{typed.key}:{self.example}'."
        )


def _lies_in(column: InstrumentedAttribute[Any], value: Range) -> ColumnElement[bool]:
    bounds = ((gt, value.gt), (ge, value.gte), (lt, value.lt), (le, value.lte))
    # As a float, which 1234.5 stays: PostgreSQL would round it to the column's type.
    return and_(
        *(compare(column, literal(bound, Double)) for compare, bound in bounds if bound is not None)
    )


def _half(decimals: str | None) -> float:
    return 0.5 * 10.0 ** -len(decimals or "")


def _digits(number: float) -> str:
    """A number with all its digits and without an exponent."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
