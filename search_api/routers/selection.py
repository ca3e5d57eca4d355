"""Chosen sounds, to take away: a table, a playlist, paths, or the files themselves."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from foundsound.catalog.paths import path_text
from foundsound.catalog.sound_files import files_of
from foundsound.catalog.sounds import total_bytes
from foundsound.client_paths import ClientPaths
from foundsound.selection_lists import as_csv, as_m3u, as_paths
from foundsound.selection_zip import zip_of
from foundsound.sound_summary import MOST_SOUNDS, SoundSummary, summarise_sounds
from foundsound.user_data import SoundIds, check_sounds
from search_api.problems import responses
from search_api.state import ApiState, State

router = APIRouter(tags=["selection"])
LISTS = {
    "csv": (as_csv, "text/csv", "csv"),
    "m3u": (as_m3u, "audio/x-mpegurl", "m3u8"),
    "paths": (as_paths, "text/plain", "txt"),
}
MAP_HELP = (
    "Where the client has a folder of the server's, such as `/srv/sfx=Z:\\SFX`; may be repeated."
)


class Chosen(BaseModel):
    """The sounds that are meant."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ids": ["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"]}]},
    )

    ids: SoundIds


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
    ids = list(dict.fromkeys(chosen.ids))
    with state.library.catalog.read() as session:
        check_sounds(session, ids)
        size = total_bytes(session, ids)
    return Selection(selection_id=state.selections.add(ids), sounds=len(ids), size_bytes=size)


@router.get(
    "/selection/{selection_id}",
    summary="Chosen sounds as a file",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "text/csv": {},
                "audio/x-mpegurl": {},
                "text/plain": {},
                "application/zip": {},
            },
        },
        **responses(404, 422),
    },
)
def fetch(
    selection_id: Annotated[str, Path(max_length=64)],
    state: State,
    format: Annotated[
        Literal["csv", "m3u", "paths", "zip"],
        Query(description="Table, playlist, a path a line, or all the files."),
    ] = "csv",
    path_map: Annotated[list[str], Query(alias="map", max_length=100, description=MAP_HELP)] = [],  # noqa: B006
) -> StreamingResponse:
    """Chosen sounds in their order; a ZIP archive is made while it is sent."""
    ids = state.selections.get(selection_id)
    paths = ClientPaths(path_map)
    if format == "zip":
        archive = zip_of(_files(state, ids))
        length = {"Content-Length": str(len(archive))}
        return _attachment(archive, "application/zip", "zip", length)
    write, kind, ending = LISTS[format]
    with state.library.catalog.read() as session:
        lines = list(write(_summaries(session, ids), paths))
    return _attachment(lines, f"{kind}; charset=utf-8", ending, {})


def _summaries(session: Session, ids: Sequence[str]) -> Iterator[SoundSummary]:
    for start in range(0, len(ids), MOST_SOUNDS):
        yield from summarise_sounds(session, ids[start : start + MOST_SOUNDS])


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
    body: Iterable[str] | Iterable[bytes], kind: str, ending: str, headers: dict[str, str]
) -> StreamingResponse:
    disposition = {"Content-Disposition": f'attachment; filename="foundsound.{ending}"'}
    return StreamingResponse(body, media_type=kind, headers=headers | disposition)
