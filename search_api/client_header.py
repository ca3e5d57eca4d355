"""Paths in answers as the client's machine has them: by a header, or a field of some requests."""

from typing import Annotated

from fastapi import Depends, Query, Request

from foundsound.client_paths import ClientPaths, answer_with
from search_api.raw_headers import header

HEADER = "Foundsound-Path-Map"
_MapField = Annotated[
    list[str],
    Query(
        alias="map",
        max_length=100,
        description="Where the client has a folder of the server's, such as `/srv/sfx=Z:\\SFX`; "
        f"may be repeated. The header {HEADER} says it of any request, pairs joined by semicolons.",
    ),
]


async def read_header(request: Request) -> None:
    """Answer with the paths that the request's header names, if it has one."""
    text = header(request.scope, HEADER.lower().encode())
    if text is not None:
        # Headers are Latin-1 on the wire; clients send UTF-8 in them.
        text = text.encode("latin-1").decode("utf-8", "replace")
        answer_with(ClientPaths([pair.strip() for pair in text.split(";") if pair.strip()]))


ReadHeader = Depends(read_header)


# Asynchronous: what a plain function sets in its thread, the answer would not know.
async def _read_field(path_map: _MapField = []) -> None:  # noqa: B006
    if path_map:
        answer_with(ClientPaths(path_map))


ReadField = Depends(_read_field)
