"""The folders that are watched."""

import os
from typing import Annotated

from fastapi import APIRouter, Path

from foundsound.catalog.models import Root
from foundsound.catalog.roots import remove_root
from foundsound.client_paths import client_paths
from foundsound.errors import InvalidRequest, NotFound
from foundsound.root_report import (
    NewRoot,
    RootChange,
    RootReport,
    add_root,
    change_root,
    report_roots,
)
from search_api.problems import responses
from search_api.state import ApiState, OwnerOnly, State

router = APIRouter(prefix="/roots", tags=["roots"])
RootId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", summary="Roots and their state")
def roots(state: State) -> list[RootReport]:
    """Every root: whether it is online, how it is watched, and what waits in it."""
    with state.library.catalog.read() as session:
        return report_roots(session)


@router.post(
    "",
    status_code=201,
    summary="Watch a folder",
    responses=responses(401, 403, 422),
    dependencies=[OwnerOnly],
)
def add(wanted: NewRoot, state: State) -> RootReport:
    """Watch a folder from now on, and the roots inside it; one that is watched already is changed
    as named."""
    named = client_paths().there(wanted.path)
    if not os.path.isabs(named):
        raise InvalidRequest(f"The path '{wanted.path}' is not absolute.")
    path = os.fsencode(os.path.normpath(named))
    with state.library.catalog.write(alone=True) as session:
        root_id = add_root(session, path, wanted).id
    return _report(state, root_id)


@router.patch(
    "/{root_id}",
    summary="Change a root",
    responses=responses(401, 403, 404, 422),
    dependencies=[OwnerOnly],
)
def change(root_id: RootId, wanted: RootChange, state: State) -> RootReport:
    """Rename, pause, resume, watch otherwise, or accept that what vanished was deleted."""
    with state.library.catalog.write() as session:
        root = session.get(Root, root_id)
        if root is None:
            raise NotFound(f"There is no root {root_id}.")
        change_root(session, root, wanted)
    state.library.catalog.signal.notify()
    return _report(state, root_id)


@router.delete(
    "/{root_id}",
    status_code=204,
    summary="Forget a root",
    responses=responses(401, 403, 404),
    dependencies=[OwnerOnly],
)
def remove(root_id: RootId, state: State) -> None:
    """Forget a root with its sounds; files are untouched, tags and favourites are kept. One inside
    another root becomes a part of that."""
    if not remove_root(state.library.catalog, root_id):
        raise NotFound(f"There is no root {root_id}.")
    state.library.catalog.signal.notify()


def _report(state: ApiState, root_id: int) -> RootReport:
    with state.library.catalog.read() as session:
        found = report_roots(session, [root_id])
    if not found:
        raise NotFound(f"There is no root {root_id}.")
    return found[0]
