"""One sound: what is known of it."""

from typing import Annotated

from fastapi import APIRouter, Path

from foundsound.sound_report import SoundReport, report_sound
from search_api.problems import responses
from search_api.state import State

router = APIRouter(prefix="/sounds", tags=["sounds"])
SoundId = Annotated[str, Path(description="Content hash, as in a hit.", max_length=64)]


@router.get("/{sound_id}", summary="A sound's details", responses=responses(404))
def get_sound(sound_id: SoundId, state: State) -> SoundReport:
    """What the catalogue knows of a sound: state, format, windows, metadata, places."""
    with state.library.catalog.read() as session:
        return report_sound(session, sound_id)
