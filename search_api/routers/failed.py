"""Files that could not be used, and another try for them."""

import os
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from foundsound.catalog.mended import notice_mended
from foundsound.catalog.quarantine import retry
from foundsound.catalog.queue import database_now
from foundsound.catalog.scope import Scope, scopes_of
from foundsound.client_paths import client_paths
from foundsound.errors import InvalidRequest
from foundsound.failed_report import FailedReport, report_failed
from search_api.problems import responses
from search_api.state import OwnerOnly, State

router = APIRouter(prefix="/failed", tags=["index"])
MAX_FILES = 1000


class RetryRequest(BaseModel):
    """Which files to try again: some, or all."""

    model_config = ConfigDict(extra="forbid")

    paths: list[str] = Field(
        default=[],
        description="Absolute paths of files or folders, as the library or the client has them.",
        examples=[["/srv/sounds/Doors"]],
    )
    all: bool = Field(default=False, description="Every file that could not be used.")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if bool(self.paths) == self.all:
            raise ValueError("name paths, or all")
        return self


class Retried(BaseModel):
    """What will be tried again."""

    files: int


@router.get("", summary="Files that could not be used", responses=responses(422))
def failed(
    state: State,
    limit: Annotated[int, Query(ge=1, le=MAX_FILES, description="Most files to list.")] = 100,
    before: Annotated[
        int | None, Query(ge=0, lt=2**63, description="From the page before this one.")
    ] = None,
) -> FailedReport:
    """Each with its reason and when it is tried again, those found last first."""
    with state.library.catalog.read() as session:
        return report_failed(session, limit, before)


@router.post(
    "/retry", summary="Try them again", responses=responses(401, 403, 422), dependencies=[OwnerOnly]
)
def try_again(request: RetryRequest, state: State) -> Retried:
    """As if for the first time, and as they are now: they are the worker's next files."""
    catalog = state.library.catalog
    with catalog.read() as session:
        scopes: list[Scope] | None = None if request.all else []
        for path in request.paths:
            named = client_paths().there(path)
            if not os.path.isabs(named):
                raise InvalidRequest(f"The path '{path}' is not absolute.")
            found = scopes_of(session, os.fsencode(os.path.normpath(named)))
            if not found:
                raise InvalidRequest(f"The library has no files at {path}.")
            assert scopes is not None
            scopes += found
    count = notice_mended(catalog, scopes)
    with catalog.write() as session:
        count += retry(session, database_now(session), scopes)
    catalog.signal.notify()
    return Retried(files=count)
