"""What happened to sounds, for asset managers that keep a list of their own."""

from typing import Annotated

from fastapi import APIRouter, Query

from foundsound.change_feed import ChangePage, read_changes
from search_api.client_header import ReadField
from search_api.problems import responses
from search_api.state import State

router = APIRouter(tags=["library"])


@router.get(
    "/changes",
    summary="What happened to sounds",
    responses=responses(410, 422),
    dependencies=[ReadField],
)
def changes(
    state: State,
    since: Annotated[
        str | None,
        Query(
            max_length=64,
            description="Cursor of the last page; `now`: only the cursor of this moment; without "
            "it, all that are kept.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ChangePage:
    """Changes in the order in which they became visible. A cursor misses none that follows it;
    one that is too old is answered by 410: list the library anew."""
    return read_changes(state.library.catalog, since, limit)
