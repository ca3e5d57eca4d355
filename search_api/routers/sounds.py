"""One sound: what is known of it, and its audio."""

import os
from typing import Annotated

from fastapi import APIRouter, Path

from foundsound.audio.formats import media_type
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import SoundDetails, sounds_by_id
from foundsound.errors import FileUnavailable, NotFound
from foundsound.sound_report import SoundReport, report_sound
from search_api.audio_response import AudioResponse
from search_api.problems import responses
from search_api.state import ApiState, State

router = APIRouter(prefix="/sounds", tags=["sounds"])
SoundId = Annotated[str, Path(description="Content hash, as in a hit.", max_length=64)]


@router.get("/{sound_id}", summary="A sound's details", responses=responses(404))
def get_sound(sound_id: SoundId, state: State) -> SoundReport:
    """What the catalogue knows of a sound: state, format, windows, metadata, places."""
    with state.library.catalog.read() as session:
        return report_sound(session, sound_id)


@router.head("/{sound_id}/audio", include_in_schema=False)
@router.get(
    "/{sound_id}/audio",
    summary="A sound's audio",
    response_class=AudioResponse,
    responses={
        200: {"description": "The whole file.", "content": {"audio/*": {}}},
        206: {"description": "The range that was asked for.", "content": {"audio/*": {}}},
        **responses(400, 404, 416),
    },
)
def get_audio(sound_id: SoundId, state: State) -> AudioResponse:
    """The file as it is, with byte ranges, so that players can seek."""
    for path in map(state.library.paths.local, _find(state, sound_id).paths):
        if os.path.isfile(path) and os.access(path, os.R_OK):
            name = path_text(os.path.basename(path))
            return AudioResponse(
                os.fsdecode(path),
                media_type=media_type(name),
                filename=name,
                content_disposition_type="inline",
                headers={"X-Content-Type-Options": "nosniff"},
            )
    raise FileUnavailable(
        "The sound is in the library, but none of its files can be read now; is its drive online?"
    )


def _find(state: ApiState, sound_id: str) -> SoundDetails:
    with state.library.catalog.read() as session:
        sound = sounds_by_id(session, [sound_id]).get(sound_id)
    if sound is None:
        raise NotFound(f"There is no sound {sound_id} in this library.")
    return sound
