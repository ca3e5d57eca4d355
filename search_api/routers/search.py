"""Queries: typed, as JSON, and with clips."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

from fastapi import APIRouter, Body, File, Form, UploadFile
from fastapi import Query as UrlField
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from foundsound.errors import InvalidRequest
from foundsound.search.clips import Clip
from foundsound.search.query.parts import MOST_PARTS
from foundsound.search.query.query import DEFAULT_LIMIT, Mode, Query, Sort
from foundsound.search.results import SearchResult
from search_api.problems import responses
from search_api.search_examples import EXAMPLES
from search_api.state import MODEL_HELP, State

router = APIRouter(tags=["search"])


class SearchRequest(Query):
    """A query, and the model that it is meant for."""

    model: str | None = Field(default=None, description=MODEL_HELP, examples=["starter"])

    @property
    def query(self) -> Query:
        """The query alone."""
        fields = {name: getattr(self, name) for name in Query.model_fields}
        return Query.model_construct(**fields)  # they have been checked


@router.post("/search", summary="Search", responses=responses(413, 422, 503))
def search(
    request: Annotated[SearchRequest, Body(openapi_examples=EXAMPLES)], state: State
) -> SearchResult:
    """The sounds that fit best, each with its best window and what each part contributed."""
    state.check_model(request.model)
    return state.searcher.search(request.query)


@router.get("/search", summary="Search by typed text", responses=responses(422, 503))
def search_text(
    state: State,
    q: Annotated[
        str,
        UrlField(description="As in a text box.", examples=["rain -thunder dur:<10"]),
    ],
    limit: Annotated[int, UrlField(description="Most hits to return.")] = DEFAULT_LIMIT,
    sort: Annotated[Sort, UrlField(description="Order of the hits.")] = "relevance",
    mode: Annotated[Mode, UrlField(description="By sound, by words, or by both.")] = "hybrid",
    cursor: Annotated[str | None, UrlField(description="From the result before.")] = None,
) -> SearchResult:
    """The simple case of POST /search, for scripts and links."""
    return state.searcher.search(Query(text=q, limit=limit, sort=sort, mode=mode, cursor=cursor))


@router.post("/search/audio", summary="Search by example", responses=responses(413, 422, 503))
def search_audio(
    state: State,
    file: Annotated[list[UploadFile], File(description="Reference clips in any format we decode.")],
    query: Annotated[
        str | None,
        Form(
            description="The body of POST /search as JSON; its clip parts say what each file is "
            "for. Files that none names are wanted.",
            examples=['{"parts": [{"type": "clip", "start_s": 1.5, "end_s": 3}], "limit": 5}'],
        ),
    ] = None,
    limit: Annotated[int | None, Form(description="Most hits to return.")] = None,
    model: Annotated[str | None, Form(description=MODEL_HELP)] = None,
) -> SearchResult:
    """The sounds that resemble uploaded clips, and whatever else the query asks for."""
    if len(file) > MOST_PARTS:
        raise InvalidRequest(f"There are {len(file)} clips; the most is {MOST_PARTS}.")
    request = _request(query)
    for wanted in (model, request.model):
        state.check_model(wanted)
    asked = request.query if limit is None else request.query.model_copy(update={"limit": limit})
    # Decoders open files by name; the clips are gone when the query is answered.
    with ExitStack() as held:
        return state.searcher.search(asked, [held.enter_context(_on_disk(each)) for each in file])


def _request(query: str | None) -> SearchRequest:
    try:
        return SearchRequest.model_validate_json(query or "{}")
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


@contextmanager
def _on_disk(upload: UploadFile) -> Iterator[Clip]:
    with tempfile.NamedTemporaryFile(prefix="foundsound-query-") as clip:
        shutil.copyfileobj(upload.file, clip)
        clip.flush()
        yield Clip(os.fsencode(clip.name), upload.filename or "The clip")
