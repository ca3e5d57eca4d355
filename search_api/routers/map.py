"""The library in two dimensions."""

import gzip
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from foundsound.map.keeper import MapState
from foundsound.map.report import MapReport
from search_api.audio_response import names_tag
from search_api.state import State

router = APIRouter(tags=["map"])


@router.get(
    "/map",
    summary="The library in two dimensions",
    response_model=MapReport,
    responses={304: {"description": "The map is still what the If-None-Match header names."}},
)
def get_map(
    request: Request,
    state: State,
    version: Annotated[
        str, Query(description="Any: a browser keeps what it asked for under each.")
    ] = "",
) -> Response:
    """Sounds that are alike lie side by side; the map is made in the background.

    While `state` is `computing`, what was made last is sent, which may be nothing yet.
    """
    packed = state.packed_map.now()
    headers = {"ETag": f'W/"{packed.tag}"', "Cache-Control": "private, no-cache"}
    headers["Vary"] = "Accept-Encoding"
    if names_tag(request.headers.get("if-none-match", ""), f'"{packed.tag}"'):
        return Response(status_code=304, headers=headers)
    body = packed.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return Response(body, media_type="application/json", headers=headers)


class MapNow(MapState):
    """How far the map is, and which one is served meanwhile."""

    version: str = Field(description="Of the map that is served; empty while there is none.")
    count: int = Field(description="Sounds that are laid out on it.")


@router.get("/map/state", summary="How far the map is")
def get_map_state(state: State) -> MapNow:
    """To be asked now and then while the map is computed, and before it is read: it is large."""
    told, layout = state.map.look()
    version, count = (layout.version, len(layout.ids)) if layout else ("", 0)
    return MapNow(**dict(told), version=version, count=count)
