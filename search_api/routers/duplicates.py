"""Duplicates: listed, never deleted."""

from typing import Annotated

from fastapi import APIRouter, Query

from foundsound.duplicates.report import DuplicatePage, Kind, report_duplicates
from search_api.problems import responses
from search_api.routers.index import IndexRun, started_runs
from search_api.state import OwnerOnly, State

router = APIRouter(prefix="/duplicates", tags=["duplicates"])
MOST_GROUPS = 1000


@router.get("", summary="Duplicates", responses=responses(422))
def duplicates(
    state: State,
    kind: Annotated[
        Kind, Query(description="`exact`: the same bytes; `near`: the same to the ear.")
    ] = "exact",
    limit: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="Groups on a page.")] = 50,
    cursor: Annotated[str | None, Query(description="From the page before.")] = None,
) -> DuplicatePage:
    """Sounds that lie at several places, or that are one to the ear: coded or trimmed otherwise.

    Near-duplicates are those found so far; `uncompared` says how many sounds were not looked at.
    """
    library = state.library
    with library.catalog.read() as session:
        return report_duplicates(session, library.space_id, kind, limit, cursor)


@router.post(
    "",
    status_code=202,
    summary="Look for near-duplicates",
    responses=responses(401, 403, 409),
    dependencies=[OwnerOnly],
)
def compare(state: State) -> IndexRun:
    """Compare every sound that was not compared yet; progress is under `/index/{run_id}`."""
    return IndexRun(run_id=started_runs(state).start_comparison())
