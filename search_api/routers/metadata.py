"""Metadata that other programs keep of the sounds."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from foundsound.sidecar_import import ImportOptions, ImportReport, import_table
from search_api.problems import responses
from search_api.state import State, WritersOnly

router = APIRouter(prefix="/metadata", tags=["metadata"], dependencies=[WritersOnly])


@router.post(
    "/import", summary="Import a librarian's table", responses=responses(400, 401, 403, 413, 422)
)
def import_metadata(
    state: State,
    file: Annotated[UploadFile, File(description="Separated by tabs, commas, semicolons or bars.")],
    options: Annotated[
        str | None,
        Form(
            description="JSON: `columns` maps columns to fields, `dry_run` only tells.",
            examples=['{"columns": {"Long text": "description"}, "dry_run": true}'],
        ),
    ] = None,
) -> ImportReport:
    """Rows are matched by path, else by file name; imported fields win over the file's own."""
    try:
        wanted = ImportOptions.model_validate_json(options) if options else ImportOptions()
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    with tempfile.TemporaryDirectory(prefix="foundsound-import-") as folder:
        name = Path(file.filename or "").name or "table.csv"
        table = Path(folder, "table")
        with table.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        return import_table(state.library, table, wanted, source=name)
