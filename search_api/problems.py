"""One error shape for everything that goes wrong: problem+json (RFC 9457)."""

import errno
import sys
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from foundsound.errors import (
    AudioError,
    FileUnavailable,
    FoundsoundError,
    Gone,
    InvalidRequest,
    LibraryBusy,
    ModelError,
    NotFound,
    OutOfBounds,
    QueryError,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[FoundsoundError], int] = {
    InvalidRequest: 422,
    QueryError: 422,
    AudioError: 422,
    OutOfBounds: 422,
    NotFound: 404,
    Gone: 410,
    FileUnavailable: 404,
    LibraryBusy: 409,
    ModelError: 503,
    Unavailable: 503,
}
RETRY_AFTER_S = 5  # of what is away; whoever runs the servers knows no better
AGAIN = {"Retry-After": str(RETRY_AFTER_S)}
PLACES = ("body", "query", "path")  # of a request, where FastAPI found what is wrong
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
MAX_DIGITS = sys.get_int_max_str_digits()  # of an integer
NO_FILE = "Expected UploadFile"  # in FastAPI's words, of text that came as one
FULL = "The server's disk is full; tell whoever runs it, and try again."


class Problem(BaseModel):
    """An error: ``detail`` is one sentence for a person."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(
        examples=["The query is empty; describe a sound, such as 'rain on a roof'."]
    )
    span: list[int] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="Where in the typed query: start and end in characters (code points), end "
        "exclusive. Absent where no place can be named.",
    )
    parts: dict[str, str] | None = Field(
        default=None, description="Of /readyz: each part of the server, ok or what it lacks."
    )


def problem(
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    span: tuple[int, int] | None = None,
    parts: dict[str, str] | None = None,
) -> Response:
    """A problem as a response."""
    title = HTTPStatus(status).phrase
    where = None if span is None else list(span)
    body = Problem(title=title, status=status, detail=detail, span=where, parts=parts)
    content = body.model_dump_json(exclude_none=True)
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of the problems that a route may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": HTTPStatus(s).phrase, "content": content} for s in statuses}


def invalid_body(error: ValidationError) -> RequestValidationError:
    """What is wrong with JSON that came in a form, as FastAPI tells it of a body."""
    told = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
    return RequestValidationError(told)


def is_a_file(field: str) -> str:
    """What whoever sent text in a file's place is told."""
    return f"The field '{field}' is a file; send it as one: with curl, -F {field}=@clip.wav."


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem."""

    @app.exception_handler(FoundsoundError)
    def expected(_: Request, error: FoundsoundError) -> Response:
        span = error.span if isinstance(error, QueryError) else None
        headers = AGAIN if isinstance(error, Unavailable) else None
        return problem(STATUS.get(type(error), 500), str(error), headers, span)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem(422, "; ".join(dict.fromkeys(_sentence(e) for e in error.errors())))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        cause = error.__cause__  # of a form that could not be kept while it came
        if isinstance(cause, OSError) and cause.errno in NO_ROOM:
            return problem(503, FULL, AGAIN)
        if error.status_code == 400 and (said := _unreadable(cause)):
            return problem(422, said)
        detail = str(error.detail)
        if detail == HTTPStatus(error.status_code).phrase:  # the framework's own 404 and 405
            detail = f"{detail}: {request.method} {request.url.path}; /docs lists what there is."
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = _allowed(request) or headers.get("Allow", "")
        return problem(error.status_code, detail, headers)

    @app.exception_handler(OSError)
    def system(_: Request, error: OSError) -> Response:
        if error.errno not in NO_ROOM:
            raise error
        return problem(503, FULL, AGAIN)


def _unreadable(cause: BaseException | None) -> str:
    """What is wrong with JSON that Python cannot read, of which the framework says nothing."""
    if isinstance(cause, UnicodeDecodeError):
        return "The request's body is not text in UTF-8."
    if isinstance(cause, RecursionError):
        return "The request's JSON is nested too deep."
    if isinstance(cause, ValueError) and "digits" in str(cause):
        return f"The request's JSON holds an integer of more than {MAX_DIGITS:,} digits."
    return ""


def _allowed(request: Request) -> str:
    """The methods of all routes of this path; the framework names those of the first one."""
    return ", ".join(
        method
        for method in METHODS
        for asked in [{**request.scope, "method": method}]
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
    )


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "The request body is not valid JSON."
    if error["type"] == "model_attributes_type" and tuple(error["loc"]) in ((), ("body",)):
        return "Send the request as a JSON object, with the header Content-Type: application/json."
    loc = [str(part) for part in error["loc"]]
    if loc and loc[0] in PLACES:  # below it, fields may be called so
        del loc[0]
    if error["type"] == "value_error" and NO_FILE in error["msg"]:
        return is_a_file(loc[0])
    if "parts" in loc:
        after = loc.index("parts") + 2
        del loc[after : after + 1]  # which kind of part it was taken for
    place = ".".join(loc)
    if error["type"] == "extra_forbidden":
        return f"There is no field '{place}' in this request."
    if error["type"] == "union_tag_not_found":
        return f"{place}: It needs a field {error['ctx']['discriminator']}."
    if error["type"] == "union_tag_invalid":
        expected, kind = error["ctx"]["expected_tags"], error["ctx"]["discriminator"]
        return f"{place}: Its {kind} should be one of {expected}."
    said = str(error["msg"]).removeprefix("Value error, ").replace("valid tuple", "valid list")
    return f"{place or 'request body'}: {said}"
