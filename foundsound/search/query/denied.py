"""``no "heavy"``, ``NOT fmt:wav``: what is quoted or filtered is not wanted, as behind a dash."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from foundsound.search.query.description import LEADING, OR, may_deny
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
            denied = _take(told, _denies) or (denied and _take(told, _lists))
            if denied:
                while _take(told, lambda word, at: _denies(word, at) or _leads(word, at)):
                    pass
                token = replace(token, typed=replace(token.typed, negated=True))
        told.append(token)
    return told


def _denies(word: Plain, at: int) -> bool:
    return not word.literal and may_deny(word.text, at)


def _lists(word: Plain, _: int) -> bool:
    return word.text.lower() in OR


def _leads(word: Plain, _: int) -> bool:
    return word.text.lower() in LEADING


def _take(told: list[Token], wanted: Callable[[Plain, int], bool]) -> bool:
    """Take the last word out if it is wanted; what has a dash does not count."""
    for at in range(len(told) - 1, -1, -1):
        last = told[at]
        if isinstance(last, Plain) and wanted(last, at):
            del told[at]
            return True
        if not isinstance(last, Unwanted):
            return False
    return False
