"""Requests about sounds: JSON, or a form whose files are clips and whose JSON is one field."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request, UploadFile
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile as FormFile
from starlette.exceptions import HTTPException

from foundsound.errors import InvalidRequest
from foundsound.hearing.clips import Clip
from search_api.body_limit import JSON_BYTES
from search_api.form_fields import check_form
from search_api.problems import invalid_body, is_a_file

FILES, FIELD = "file", "request"


@dataclass(frozen=True)
class HeardBody:
    """The JSON of a request, and the files that came with it."""

    json: bytes
    files: list[FormFile]

    @contextmanager
    def clips(self) -> Iterator[list[Clip]]:
        """The files on disk: decoders open them by name, and they are gone afterwards."""
        with ExitStack() as held:
            yield [held.enter_context(on_disk(each)) for each in self.files]


async def heard_body(request: Request) -> AsyncIterator[HeardBody]:
    """A dependency: takes either kind of body."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield HeardBody(await _json(request) or b"{}", [])
        return
    async with request.form() as form:
        check_form(form, FILES, FIELD)
        files = [each for each in form.getlist(FILES) if isinstance(each, FormFile)]
        if len(files) < len(form.getlist(FILES)):
            raise InvalidRequest(is_a_file(FILES))
        sent = form.get(FIELD, "{}")
        if not isinstance(sent, str):
            raise InvalidRequest(f"The field '{FIELD}' is text, not a file; send its JSON as such.")
        yield HeardBody(sent.encode(), files)


async def _json(request: Request) -> bytes:
    """The body; only a form's files may be as large as an upload."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > JSON_BYTES:
            raise HTTPException(
                413, f"The request is larger than the limit of {JSON_BYTES / 2**20:.0f} MiB."
            )
    return bytes(read)


def parsed(model: type[BaseModel], body: HeardBody) -> Any:
    """The JSON as ``model``.

    Raises:
        RequestValidationError: it is none.
    """
    try:
        return model.model_validate_json(body.json)
    except ValidationError as error:
        raise invalid_body(error) from error


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI entry of a route that takes either kind of body."""
    schema = model.model_json_schema()
    schema = _inlined(schema, schema.pop("$defs", {}))
    form = {
        "type": "object",
        "properties": {
            FILES: {"type": "array", "items": {"type": "string", "format": "binary"}},
            FIELD: {"type": "string", "description": "The JSON body."},
        },
    }
    return {
        "requestBody": {
            "content": {
                "application/json": {"schema": schema},
                "multipart/form-data": {"schema": form},
            }
        }
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with what it refers to in place: FastAPI does not know of these models."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    kept = {key: value for key, value in schema.items() if key != "discriminator"}
    return {key: _inlined(value, definitions) for key, value in kept.items()}


@contextmanager
def on_disk(upload: UploadFile | FormFile) -> Iterator[Clip]:
    """An uploaded file under a name that opens it."""
    with tempfile.NamedTemporaryFile(prefix="foundsound-query-") as clip:
        shutil.copyfileobj(upload.file, clip)
        clip.flush()
        yield Clip(os.fsencode(clip.name), upload.filename or "The clip")
