"""Index runs inside the process that owns the library."""

import os

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from foundsound.client_paths import client_paths
from foundsound.errors import InvalidRequest, LibraryBusy
from foundsound.indexing import IndexProgress, IndexRuns, ToldRun
from search_api.problems import responses
from search_api.state import MODEL_HELP, ApiState, OwnerOnly, State

router = APIRouter(prefix="/index", tags=["index"], dependencies=[OwnerOnly])


class IndexRequest(BaseModel):
    """What to index."""

    model_config = ConfigDict(extra="forbid")

    paths: list[str] = Field(
        min_length=1,
        description="Absolute paths of folders or audio files, on the server's machine or as "
        "the client's path map has them.",
        examples=[["/srv/sounds"]],
    )
    model: str | None = Field(default=None, description=MODEL_HELP, examples=["starter"])


class IndexRun(BaseModel):
    """A run that was accepted."""

    run_id: str = Field(examples=["run-9f86d081"])


@router.post(
    "", status_code=202, summary="Start an index run", responses=responses(401, 403, 409, 422)
)
def start(request: IndexRequest, state: State) -> IndexRun:
    """Queue a run; ask for its progress by its id."""
    state.check_model(request.model)
    paths = [client_paths().there(path) for path in request.paths]
    for path in paths:
        if not os.path.isabs(path):
            raise InvalidRequest(f"The path '{path}' is not absolute.")
    return IndexRun(run_id=started_runs(state).start(paths))


@router.get("", summary="Runs under way", responses=responses(401, 403, 409))
def under_way(state: State) -> list[ToldRun]:
    """Index runs, changes of the model and searches for near-duplicates that have not ended."""
    return started_runs(state).under_way()


@router.get("/{run_id}", summary="A run's progress", responses=responses(401, 403, 404, 409))
def progress(run_id: str, state: State) -> IndexProgress:
    """Counts now, or at the run's end."""
    return started_runs(state).progress(run_id)


@router.delete(
    "/{run_id}", status_code=204, summary="Stop a run", responses=responses(401, 403, 404, 409)
)
def stop(run_id: str, state: State) -> None:
    """Stop early; what is done is kept, and the next run goes on from there."""
    started_runs(state).stop(run_id)


def started_runs(state: ApiState) -> IndexRuns:
    """What starts runs here.

    Raises:
        LibraryBusy: this process cannot start any.
    """
    if state.runs is None:
        raise LibraryBusy("An index run is under way; wait until it has finished.")
    return state.runs
