"""What people say of sounds: tags, favourites, notes."""

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, ConfigDict

from foundsound.sound_report import SoundReport, report_sound
from foundsound.suggestion_report import SuggestionEdit, edit_suggestions
from foundsound.user_data import SoundEdit, SoundIds, TagReport, edit_sounds, report_tags
from search_api.problems import responses
from search_api.routers.sounds import SoundId
from search_api.state import ApiState, State, WritersOnly

router = APIRouter(tags=["user data"])


class SoundsEdit(SoundEdit):
    """The same changes for several sounds: all of them, or none if one is not there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"ids": ["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"], "add_tags": ["wet"]}]
        },
    )

    ids: SoundIds


class EditedSounds(BaseModel):
    """How many sounds an edit was for."""

    sounds: int


@router.patch(
    "/sounds/{sound_id}",
    summary="Tag, mark or annotate a sound",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def edit_sound(
    sound_id: SoundId, edit: SoundEdit, state: State, later: BackgroundTasks
) -> SoundReport:
    """Change its tags, its favourite mark or its note; every copy of the file has the same."""
    with state.library.catalog.write(alone=True) as session:
        edit_sounds(session, [sound_id], edit)
    later.add_task(state.edited_words.refresh)
    return _report(state, sound_id)


@router.patch(
    "/sounds",
    summary="Tag, mark or annotate several sounds",
    responses=responses(401, 403, 404, 413, 422),
    dependencies=[WritersOnly],
)
def edit_several(edit: SoundsEdit, state: State, later: BackgroundTasks) -> EditedSounds:
    """Make the same changes to all of them."""
    with state.library.catalog.write(alone=True) as session:
        edit_sounds(session, edit.ids, edit)
    later.add_task(state.edited_words.refresh)
    return EditedSounds(sounds=len(set(edit.ids)))


@router.post(
    "/sounds/{sound_id}/suggestions",
    summary="Accept or reject suggestions",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def decide(
    sound_id: SoundId, edit: SuggestionEdit, state: State, later: BackgroundTasks
) -> SoundReport:
    """What is accepted becomes a tag; neither that nor what is rejected is suggested again."""
    with state.library.catalog.write(alone=True) as session:
        edit_suggestions(session, sound_id, edit)
    later.add_task(state.edited_words.refresh)
    return _report(state, sound_id)


@router.get("/tags", summary="Tags")
def tags(state: State) -> list[TagReport]:
    """Every tag, in alphabetical order, and how many sounds bear it."""
    with state.library.catalog.read() as session:
        return report_tags(session)


def _report(state: ApiState, sound_id: str) -> SoundReport:
    # After the edit: who writes alone keeps others waiting for as long as it takes.
    with state.library.catalog.read() as session:
        return report_sound(session, sound_id)
