"""Paths in answers as the client's machine has them: by a header, or a field of some requests."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Query, Request

from foundsound.client_paths import ClientPaths, answer_with

HEADER = "Foundsound-Path-Map"
MapField = Annotated[
    list[str],
    Query(
        alias="map",
        max_length=100,
        description="Where the client has a folder of the server's, such as `/srv/sfx=Z:\\SFX`; "
        f"may be repeated. The header {HEADER} says it of any request, pairs joined by semicolons.",
    ),
]


async def _read_header(request: Request) -> None:
    text = request.headers.get(HEADER)
    if text is not None:
        # Headers are Latin-1 on the wire; clients send UTF-8 in them.
        text = text.encode("latin-1").decode("utf-8", "replace")
        answer_with(ClientPaths([pair.strip() for pair in text.split(";") if pair.strip()]))


ReadHeader = Depends(_read_header)


def map_paths(pairs: Sequence[str]) -> None:
    """Have these folders count for the answer, in the place of those in the header.

    Raises:
        InvalidRequest: a pair is none.
    """
    if pairs:
        answer_with(ClientPaths(pairs))
