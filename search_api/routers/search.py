"""Text and audio queries."""

import os
import shutil
import tempfile
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from foundsound.search.results import SearchResult
from foundsound.search.searcher import DEFAULT_LIMIT
from search_api.problems import responses
from search_api.state import MODEL_HELP, State

router = APIRouter(tags=["search"])


class TextQuery(BaseModel):
    """A description of the sound that is wanted."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        description="What it sounds like, in words.", examples=["heavy rain on a metal roof"]
    )
    limit: int = Field(default=DEFAULT_LIMIT, description="Most hits to return.", examples=[10])
    model: str | None = Field(default=None, description=MODEL_HELP, examples=["starter"])


@router.post("/search", summary="Search by description", responses=responses(413, 422, 503))
def search_text(query: TextQuery, state: State) -> SearchResult:
    """The sounds nearest to a description, best first; each with its best window."""
    state.check_model(query.model)
    return state.searcher.by_text(query.text, query.limit)


@router.post("/search/audio", summary="Search by example", responses=responses(413, 422, 503))
def search_audio(
    state: State,
    file: Annotated[UploadFile, File(description="A reference clip in any format we decode.")],
    limit: Annotated[int, Form(description="Most hits to return.")] = DEFAULT_LIMIT,
    model: Annotated[str | None, Form(description=MODEL_HELP)] = None,
) -> SearchResult:
    """The sounds that resemble an uploaded clip, best first."""
    state.check_model(model)
    # Decoders open files by name; the clip is gone when the query is answered.
    with tempfile.NamedTemporaryFile(prefix="foundsound-query-") as clip:
        shutil.copyfileobj(file.file, clip)
        clip.flush()
        return state.searcher.by_clip(os.fsencode(clip.name), limit)
