"""Patterns with ``*`` and ``?`` as SQL, without regard to case."""

import re
import unicodedata
from typing import Any

from sqlalchemy import Boolean, ColumnElement, SQLColumnExpression, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

ESCAPE = "|"
_UNTYPEABLE = re.compile(r'["“”„/,]|[^\S ]')  # ends a value, parts two of them, or becomes a space
_SPACES = re.compile(r"^ +| +$| {2,}")  # become one, or none
Text = SQLColumnExpression[str] | SQLColumnExpression[str | None]


class _CaselessLike(FunctionElement[bool]):
    """LIKE where it disregards case (SQLite, three times as fast as lower() on both sides)."""

    type = Boolean()
    inherit_cache = True


@compiles(_CaselessLike)
def _ilike(element: _CaselessLike, compiler: SQLCompiler, **options: Any) -> str:
    return _compared(element, "ILIKE", compiler, options)


@compiles(_CaselessLike, "sqlite")
def _like(element: _CaselessLike, compiler: SQLCompiler, **options: Any) -> str:
    return _compared(element, "LIKE", compiler, options)


def _compared(
    element: _CaselessLike, operator: str, compiler: SQLCompiler, options: dict[str, Any]
) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} {operator} {pattern} ESCAPE '{ESCAPE}')"


def like(text: Text, pattern: str) -> ColumnElement[bool]:
    """True where the whole of ``text`` fits ``pattern``, a product of :func:`as_like`.

    SQLite folds the case of ASCII letters alone, so other letters are tried in either case.
    """
    spellings = {pattern}
    if not pattern.isascii():
        spellings |= {pattern.lower(), pattern.upper(), pattern.title()}
    return or_(*(_CaselessLike(text, spelling) for spelling in sorted(spellings)))


def as_like(typed: str) -> str:
    """A person's pattern, ``*`` and ``?``, as one for LIKE; other characters are themselves."""
    plain = unicodedata.normalize("NFC", typed)
    for special in (ESCAPE, "%", "_"):
        plain = plain.replace(special, ESCAPE + special)
    return plain.replace("*", "%").replace("?", "_")


def typeable(text: str) -> str:
    """A text as a pattern that can be typed between quotes, and holds no slash and no comma."""
    spaced = _UNTYPEABLE.sub("?", text)
    return _SPACES.sub(lambda more: "?" * len(more[0]), spaced)


def has_wildcards(typed: str) -> bool:
    """True when a person's pattern is more than plain words."""
    return "*" in typed or "?" in typed
