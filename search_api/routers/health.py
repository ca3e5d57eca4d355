"""Is the process alive, and is it ready to answer?"""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from foundsound.errors import FoundsoundError
from search_api.problems import RETRY_AFTER_S, problem, responses
from search_api.state import State

router = APIRouter(tags=["health"])
LOADING = "The text encoder is still loading; ask again."


class Health(BaseModel):
    """A process that answers."""

    status: str = Field(default="ok", examples=["ok"])


@router.get("/healthz", summary="Alive")
async def healthz() -> Health:
    """The process runs; says nothing of the model."""
    # On the event loop: threads that wait for a server do not hold it up.
    return Health()


@router.get("/readyz", summary="Ready for queries", response_model=Health, responses=responses(503))
def readyz(state: State) -> Health | Response:
    """200 once the text encoder is loaded, and while catalogue and vectors can be used.

    Otherwise 503 and a sentence for each part that is not ready.
    """
    reasons = [] if state.warm.is_set() else [state.failure or LOADING]
    for check in (state.library.catalog.check, state.library.store.serving):
        try:
            check()
        except FoundsoundError as error:
            reasons.append(str(error))
    if not reasons:
        return Health()
    return problem(503, " ".join(reasons), {"Retry-After": str(RETRY_AFTER_S)})
