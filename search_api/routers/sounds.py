"""One sound: what is known of it, and its audio."""

import os
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from foundsound.audio.formats import media_type
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import SoundDetails, sounds_by_id
from foundsound.errors import FileUnavailable, NotFound
from search_api.audio_response import AudioResponse
from search_api.problems import responses
from search_api.state import ApiState, State

router = APIRouter(prefix="/sounds", tags=["sounds"])
SoundId = Annotated[str, Path(description="Content hash, as in a hit.", max_length=64)]


class SoundOut(BaseModel):
    """A sound: one content, at every place where it lies."""

    sound_id: str = Field(examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"])
    state: str = Field(description="pending, indexed or failed.", examples=["indexed"])
    error: str | None = Field(description="Why it could not be indexed.")
    paths: list[str] = Field(description="Every file with this content that is at hand.")
    size_bytes: int
    duration_s: float | None
    sample_rate: int | None = Field(description="Hz.")
    channels: int | None
    format: str | None = Field(examples=["WAV"])
    codec: str | None = Field(examples=["PCM_24"])
    added_at: datetime


@router.get("/{sound_id}", summary="A sound's details", responses=responses(404))
def get_sound(sound_id: SoundId, state: State) -> SoundOut:
    """What the catalogue knows of a sound."""
    sound = _find(state, sound_id)
    facts = sound.facts
    return SoundOut(
        sound_id=sound.id,
        state=sound.state.value,
        error=sound.error,
        paths=[path_text(path) for path in sound.paths],
        size_bytes=sound.size,
        duration_s=facts.duration_s if facts else None,
        sample_rate=facts.sample_rate if facts else None,
        channels=facts.channels if facts else None,
        format=facts.format if facts else None,
        codec=facts.codec if facts else None,
        added_at=sound.added_at,
    )


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
    for path in _find(state, sound_id).paths:
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
