"""Many sounds at once, as lists show them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from foundsound.sound_summary import MOST_SOUNDS, SoundSummary, summarise_sounds
from search_api.problems import responses
from search_api.state import State

router = APIRouter(prefix="/sounds", tags=["sounds"])


class Named(BaseModel):
    """Which sounds."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[str, StringConstraints(max_length=64)]] = Field(
        max_length=MOST_SOUNDS,
        description="Content hashes, as in hits.",
        examples=[["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"]],
    )


@router.post("/summaries", summary="Many sounds in short", responses=responses(422))
def summaries(named: Named, state: State) -> list[SoundSummary]:
    """Path, length, category, tags and mark of each that is at hand, in the order given."""
    with state.library.catalog.read() as session:
        return summarise_sounds(session, named.ids)
