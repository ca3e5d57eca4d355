"""``no "heavy"``, ``NOT fmt:wav``: what is quoted or filtered is not wanted, as behind a dash."""

from collections.abc import Iterable
from dataclasses import replace

from foundsound.search.query.description import LEADING, NO, OR
from foundsound.search.query.tokens import Filter, Plain, Quoted, Token, Unwanted


def deny(tokens: Iterable[Token]) -> list[Token]:
    """The tokens, of which those behind a "no" are negated, and it is taken out.

    So is what an "or" adds to one of them.
    """
    told: list[Token] = []
    denied = False  # the last quote or filter was; behind it came nothing but an "or"
    for token in tokens:
        if isinstance(token, Plain):
            denied = denied and token.text.lower() in OR
        elif isinstance(token, (Filter, Quoted)):
            denied = _take(told, NO) or (denied and _take(told, OR))
            if denied:
                while _take(told, NO | LEADING):
                    pass
                token = replace(token, typed=replace(token.typed, negated=True))
        told.append(token)
    return told


def _take(told: list[Token], words: frozenset[str]) -> bool:
    """Take the last word out if it is one of these; what has a dash does not count."""
    for at in range(len(told) - 1, -1, -1):
        last = told[at]
        if isinstance(last, Plain) and last.text.lower() in words:
            del told[at]
            return True
        if not isinstance(last, Unwanted):
            return False
    return False
