"""Patterns with ``*`` and ``?`` as SQL, without regard to case."""

import unicodedata

from sqlalchemy import ColumnElement, SQLColumnExpression, or_

ESCAPE = "|"
Text = SQLColumnExpression[str]


def like(text: Text, pattern: str) -> ColumnElement[bool]:
    """True where the whole of ``text`` fits ``pattern``, a product of :func:`as_like`.

    SQLite folds the case of ASCII letters alone, so other letters are tried in either case.
    """
    spellings = {pattern}
    if not pattern.isascii():
        spellings |= {pattern.lower(), pattern.upper(), pattern.title()}
    return or_(*(text.ilike(spelling, escape=ESCAPE) for spelling in sorted(spellings)))


def as_like(typed: str) -> str:
    """A person's pattern, ``*`` and ``?``, as one for LIKE; other characters are themselves."""
    plain = unicodedata.normalize("NFC", typed)
    for special in (ESCAPE, "%", "_"):
        plain = plain.replace(special, ESCAPE + special)
    return plain.replace("*", "%").replace("?", "_")


def has_wildcards(typed: str) -> bool:
    """True when a person's pattern is more than plain words."""
    return "*" in typed or "?" in typed
