"""Queries: typed, as JSON, and with clips."""

from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Body, Depends, File, Form, Response, UploadFile
from fastapi import Query as UrlFields
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foundsound.errors import InvalidRequest
from foundsound.metrics import QUERY_SECONDS
from foundsound.search.query.parts import MOST_PARTS
from foundsound.search.query.query import DEFAULT_LIMIT, FacetName, Mode, Query, Sort
from foundsound.search.results import SearchResult
from search_api.form_fields import only_fields
from search_api.heard_body import on_disk
from search_api.problems import invalid_body, responses
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


@router.post(
    "/search",
    summary="Search",
    response_model=SearchResult,
    responses=responses(413, 422, 503),
)
def search(
    request: Annotated[SearchRequest, Body(openapi_examples=EXAMPLES)], state: State
) -> Response:
    """The sounds that fit best, each with its best window and what each part contributed."""
    state.check_model(request.model)
    return _told(state.searcher.search(request.query), request.mode)


class TypedQuery(BaseModel):
    """The simple case of a query, as a URL has it; the fields are those of POST /search."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(description="As in a text box.", examples=["rain -thunder dur:<10"])
    limit: int = Field(default=DEFAULT_LIMIT, description="Most hits to return.")
    sort: Sort = Field(default="relevance", description="Order of the hits.")
    mode: Mode = Field(default="hybrid", description="By sound, by words, or by both.")
    facets: list[FacetName] = Field(default=[], description="Count these; once for each.")
    show_weak: bool = Field(default=False, description="Also what does not stand out.")
    least: float | None = Field(
        default=None, allow_inf_nan=False, description="Strength of an answer: `facets.least`."
    )
    fold: bool = Field(default=True, description="Takes of one recording are one hit.")
    diversity: float = Field(
        default=0.0, ge=0, le=1, allow_inf_nan=False, description="The more, the less alike."
    )
    cursor: str | None = Field(default=None, description="From the result before.")
    model: str | None = Field(default=None, description=MODEL_HELP)

    @property
    def query(self) -> Query:
        """The same as POST /search has it."""
        given = self.model_dump(exclude={"q", "model"})
        return Query.model_validate(given | {"text": self.q})


@router.get(
    "/search",
    summary="Search by typed text",
    response_model=SearchResult,
    responses=responses(422, 503),
)
def search_text(state: State, typed: Annotated[TypedQuery, UrlFields()]) -> Response:
    """The simple case of POST /search, for scripts and links."""
    state.check_model(typed.model)
    return _told(state.searcher.search(typed.query), typed.mode)


@router.post(
    "/search/audio",
    summary="Search by example",
    response_model=SearchResult,
    responses=responses(400, 413, 422, 503),
    dependencies=[Depends(only_fields("file", "query", "limit", "model"))],
)
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
) -> Response:
    """The sounds that resemble uploaded clips, and whatever else the query asks for."""
    if len(file) > MOST_PARTS:
        raise InvalidRequest(f"There are {len(file)} clips; the most is {MOST_PARTS}.")
    request = _request(query)
    for wanted in (model, request.model):
        state.check_model(wanted)
    asked = request.query if limit is None else request.query.model_copy(update={"limit": limit})
    # Decoders open files by name; the clips are gone when the query is answered.
    with ExitStack() as held:
        clips = [held.enter_context(on_disk(each)) for each in file]
        return _told(state.searcher.search(asked, clips), asked.mode)


def _told(result: SearchResult, mode: Mode) -> Response:
    """The result as it is: FastAPI would check it once more, in another thread."""
    QUERY_SECONDS.labels(mode).observe(result.took_ms / 1000)
    return Response(result.model_dump_json(), media_type="application/json")


def _request(query: str | None) -> SearchRequest:
    try:
        return SearchRequest.model_validate_json(query or "{}")
    except ValidationError as error:
        raise invalid_body(error) from error
