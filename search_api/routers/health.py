"""Is the process alive, and is it ready to answer?"""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from search_api.problems import problem, responses
from search_api.state import State

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """A process that answers."""

    status: str = Field(default="ok", examples=["ok"])


@router.get("/healthz", summary="Alive")
def healthz() -> Health:
    """The process runs; says nothing of the model."""
    return Health()


@router.get("/readyz", summary="Ready for queries", response_model=Health, responses=responses(503))
def readyz(state: State) -> Health | Response:
    """200 once the text encoder is loaded, 503 before."""
    if state.warm.is_set():
        return Health()
    return problem(503, state.failure or "The text encoder is still loading; ask again.")
