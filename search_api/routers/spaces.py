"""Embedding spaces, and the change of the library's model."""

from pathlib import PurePath

from fastapi import APIRouter
from pydantic import BaseModel, Field

from foundsound.catalog.spaces import SpaceStatus, space_statuses
from foundsound.embedding.choice import AUTO
from foundsound.embedding.clap.load import HUB_PREFIX, LAION_SUFFIX
from foundsound.embedding.registry import create_embedder, model_names
from foundsound.errors import InvalidRequest, LibraryBusy, ModelError
from foundsound.indexing import Switch
from foundsound.library import Library
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
    runs = started_runs(state)
    _check_pin(state.library)
    _check_model(wanted.model, state.library)
    return IndexRun(run_id=runs.start_switch(wanted))


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


def _check_pin(library: Library) -> None:
    # Nor do workers that are told a model change it: the run would wait for ever.
    if library.shared and library.settings.model != AUTO:
        raise LibraryBusy(
            f"FOUNDSOUND_MODEL (or --model) names '{library.settings.model}' for this server, and "
            "whoever is told a model follows no change of it; start the server and its workers "
            "without it, then change the model."
        )


def _check_model(name: str, library: Library) -> None:
    """Refuse what is certainly no model, before anything is loaded or queued."""
    if library.shared and (name in model_names() or _is_path(name)):
        return  # a worker may have what this machine lacks
    try:
        create_embedder(name, library.settings)
    except ModelError as error:
        raise InvalidRequest(str(error)) from error
    except OSError as error:  # no path can be so long
        said = error.strerror
        raise InvalidRequest(f"No model can be called '{name[:100]}': {said}") from error


def _is_path(name: str) -> bool:
    if name.startswith(HUB_PREFIX):
        return False
    return "/" in name or name[0] == "~" or PurePath(name).suffix in (LAION_SUFFIX, ".npz")


def _report(status: SpaceStatus) -> SpaceReport:
    return SpaceReport(
        key=status.key,
        model=status.model,
        dim=status.dim,
        active=status.active,
        sounds=status.sounds,
        lacking=status.lacking,
    )
