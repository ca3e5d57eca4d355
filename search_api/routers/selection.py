"""Chosen sounds, to take away: a table, lines, a playlist, paths, or the files themselves."""

import os
from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from foundsound.catalog.collections import collection_by_id, items_of
from foundsound.catalog.paths import path_text
from foundsound.catalog.selections import add_selection, selection_named
from foundsound.catalog.sound_files import files_of
from foundsound.catalog.sounds import total_bytes
from foundsound.client_paths import client_paths
from foundsound.search.query.query import Query as SearchQuery
from foundsound.selection_lists import LEFT_OUT, Listing
from foundsound.selection_zip import zip_of
from foundsound.user_data import SoundIds, check_sounds
from search_api.client_header import ReadField
from search_api.problems import responses
from search_api.state import ApiState, State

router = APIRouter(tags=["selection"])
KINDS = {
    "csv": ("text/csv", "csv"),
    "jsonl": ("application/jsonl", "jsonl"),
    "m3u": ("audio/x-mpegurl", "m3u8"),
    "paths": ("text/plain", "txt"),
}


class Chosen(BaseModel):
    """The sounds that are meant: by their ids, a collection, or a query."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ids": ["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"]}]},
    )

    ids: SoundIds | None = None
    collection_id: int | None = Field(default=None, ge=1, lt=2**63)
    query: SearchQuery | None = Field(default=None, description="As in POST /search; its hits.")

    @model_validator(mode="after")
    def _says_one(self) -> "Chosen":
        if sum(each is not None for each in (self.ids, self.collection_id, self.query)) != 1:
            raise ValueError("give ids, collection_id or query, one of them")
        return self


class Selection(BaseModel):
    """Chosen sounds that can be fetched."""

    selection_id: str
    sounds: int
    size_bytes: int = Field(description="Of their files.")


@router.post(
    "/selection", status_code=201, summary="Choose sounds", responses=responses(404, 413, 422)
)
def choose(chosen: Chosen, state: State) -> Selection:
    """Name sounds, to fetch them as a file from ``/selection/{selection_id}``."""
    found: list[str] = []
    if chosen.query is not None:
        found = [hit.sound_id for hit in state.searcher.search(chosen.query).hits]
    with state.library.catalog.read() as session:
        if chosen.collection_id is not None:
            found = items_of(session, collection_by_id(session, chosen.collection_id))
        elif chosen.ids is not None:
            found = list(dict.fromkeys(chosen.ids))
            check_sounds(session, found)
        size = total_bytes(session, found)
    with state.library.catalog.write() as session:
        name = add_selection(session, found)
    return Selection(selection_id=name, sounds=len(found), size_bytes=size)


@router.get(
    "/selection/{selection_id}",
    summary="Chosen sounds as a file",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "text/csv": {},
                "application/jsonl": {},
                "audio/x-mpegurl": {},
                "text/plain": {},
                "application/zip": {},
            },
        },
        **responses(404, 422),
    },
    dependencies=[ReadField],
)
def fetch(
    selection_id: Annotated[str, Path(max_length=64)],
    state: State,
    format: Annotated[
        Literal["csv", "jsonl", "m3u", "paths", "zip"],
        Query(description="Table, JSON lines, playlist, a path a line, or all the files."),
    ] = "csv",
) -> StreamingResponse:
    """Chosen sounds in their order; a ZIP archive is made while it is sent.

    Playlists and paths leave out files with a line break in their path; the header
    ``Foundsound-Left-Out`` says how many."""
    with state.library.catalog.read() as session:
        ids = selection_named(session, selection_id)
    if format == "zip":
        archive = zip_of(_files(state, ids))
        length = {"Content-Length": str(len(archive))}
        return _attachment(archive, "application/zip", "zip", length)
    kind, ending = KINDS[format]
    with state.library.catalog.read() as session:
        listing = Listing(session, ids, format, client_paths())
        lines = list(listing)
    told = {LEFT_OUT: str(listing.left_out)} if listing.left_out else {}
    return _attachment(lines, f"{kind}; charset=utf-8", ending, told)


def _files(state: ApiState, ids: Iterable[str]) -> list[tuple[str, bytes | None]]:
    """Of each sound what its file is called, and one that can be read."""
    found = []
    with state.library.catalog.read() as session:
        for sound_id in ids:
            here = [state.library.paths.local(file.path) for file in files_of(session, sound_id)]
            readable = next((path for path in here if os.access(path, os.R_OK)), None)
            found.append((path_text(here[0]) if here else sound_id, readable))
    return found


def _attachment(
    body: Iterable[bytes], kind: str, ending: str, headers: dict[str, str]
) -> StreamingResponse:
    disposition = {"Content-Disposition": f'attachment; filename="foundsound.{ending}"'}
    return StreamingResponse(body, media_type=kind, headers=headers | disposition)
