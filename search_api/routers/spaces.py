"""Embedding spaces, and the change of the library's model."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from foundsound.catalog.spaces import SpaceStatus, space_statuses
from foundsound.indexing import Switch
from search_api.problems import responses
from search_api.routers.index import IndexRun, started_runs
from search_api.state import OwnerOnly, State

router = APIRouter(prefix="/spaces", tags=["library"])


class SpaceReport(BaseModel):
    """One model's vectors, and how far they have come."""

    key: str = Field(description="Model version, windowing, merging.")
    model: str = Field(examples=["starter"])
    dim: int = Field(description="Length of a vector.", examples=[512])
    active: bool = Field(description="Whether the library is known by this model.")
    sounds: int = Field(description="Sounds at hand that have their vectors here.")
    lacking: int = Field(description="Sounds at hand that have none here yet.")


@router.get("", summary="Models and their progress")
def spaces(state: State) -> list[SpaceReport]:
    """Every model that has vectors in the library; one of them is active."""
    with state.library.catalog.read() as session:
        return [_report(status) for status in space_statuses(session)]


@router.post(
    "",
    status_code=202,
    summary="Change the model",
    responses=responses(401, 403, 409, 422),
    dependencies=[OwnerOnly],
)
def switch(wanted: Switch, state: State) -> IndexRun:
    """Embed everything with another model, then switch to it; until then the old one answers.

    Progress is under ``/index/{run_id}``.
    """
    return IndexRun(run_id=started_runs(state).start_switch(wanted))


@router.delete(
    "/{key:path}",
    status_code=204,
    summary="Drop a model's vectors",
    responses=responses(401, 403, 404, 409, 422),
    dependencies=[OwnerOnly],
)
def drop(key: str, state: State) -> None:
    """Delete the vectors of a model that the library does not use."""
    state.library.drop_space(key)


def _report(status: SpaceStatus) -> SpaceReport:
    return SpaceReport(
        key=status.key,
        model=status.model,
        dim=status.dim,
        active=status.active,
        sounds=status.sounds,
        lacking=status.lacking,
    )
