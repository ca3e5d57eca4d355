"""Words that stand in a text as words: "rain" is in ``HeavyRain_02`` and not in a train."""

import re
import unicodedata

from sqlalchemy import ColumnElement, and_

from foundsound.search.query.like import Text, as_like, like

# Where a word may begin or end beside a letter: aB, and ABc before its B.
_TURN = "(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
_BEGIN = f"(?:(?<![A-Za-z])|{_TURN})"
_END = f"(?:(?![A-Za-z])|{_TURN})"
_PLURAL = "(?:[eE]?[sS])?"


def holds_words(text: Text, words: str) -> ColumnElement[bool]:
    """True where ``text`` holds the words, side by side; the last one may be a plural.

    A blank stands for whichever sign a file name has between words. LIKE finds what may fit, much
    faster than patterns are tried.
    """
    rough = f"%{'_'.join(as_like(word) for word in words.split())}%"
    return and_(like(text, rough), text.regexp_match(as_pattern(words)))


def as_pattern(words: str) -> str:
    """The words as a regular expression, which Python's and PostgreSQL's engines read alike."""
    parts = unicodedata.normalize("NFC", words).split()
    begin = _BEGIN if _is_letter(parts[0][0]) else ""
    end = _PLURAL + _END if _is_letter(parts[-1][-1]) else ""
    return begin + "[^A-Za-z]".join("".join(map(_character, part)) for part in parts) + end


def _character(typed: str) -> str:
    if typed in "*?":
        return "[^/]*" if typed == "*" else "[^/]"
    cases = {typed, typed.lower(), typed.upper()}
    single = sorted(each for each in cases if len(each) == 1)  # but ß is SS
    return f"[{''.join(single)}]" if len(single) > 1 else re.escape(typed)


def _is_letter(typed: str) -> bool:
    return typed.isascii() and typed.isalpha()
