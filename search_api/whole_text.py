"""Refuses text with half a character in it (a lone surrogate): no database or path takes that.

And URLs whose bytes are no UTF-8, of which the framework would make replacement characters.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Request

from foundsound.errors import InvalidRequest, QueryError

NOT_UNICODE = "The request holds characters that are not valid Unicode; send its text as UTF-8."
HALF = re.compile("[\ud800-\udfff]")
# What half a character may come from: an escape, its bytes, or JSON that is UTF-16 or UTF-32.
_MAYBE = re.compile(rb"\\u[dD]|\xed[\xa0-\xbf]|\x00")


def is_whole(sent: bytes | bytearray, parsed: Any) -> bool:
    """False when some text in JSON, which was parsed from what was sent, is no Unicode."""
    return not _MAYBE.search(sent) or not any(HALF.search(text) for text in _texts(parsed))


async def _check(request: Request) -> None:
    _check_url(request.scope["query_string"])
    _check_url(request.scope.get("raw_path") or b"")  # the specification leaves it to the server
    parsed = getattr(request, "_json", None)  # set once FastAPI has read JSON; forms have their own
    if parsed is None or is_whole(await request.body(), parsed):
        return
    text = parsed.get("text") if isinstance(parsed, dict) else None  # of a search, in the open
    half = HALF.search(text) if isinstance(text, str) else None
    raise QueryError(NOT_UNICODE, half.span()) if half else InvalidRequest(NOT_UNICODE)


WholeText = Depends(_check)


def _check_url(part: bytes) -> None:
    try:
        unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise InvalidRequest(NOT_UNICODE) from None


def _texts(parsed: Any) -> Iterator[str]:
    """Every text in it, names of fields too; without recursion, for JSON may be deep."""
    left = [parsed]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += value.keys()
            left += value.values()
        elif isinstance(value, list):
            left += value
