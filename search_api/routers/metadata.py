"""Metadata that other programs keep of the sounds."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, File, Form, UploadFile
from pydantic import Field, ValidationError

from foundsound.metadata_edit import MOST_EDITS, ChangeResult, SoundChange, TersePart, edit_each
from foundsound.sidecar_import import ImportOptions, ImportReport, import_table
from search_api.form_fields import only_fields
from search_api.problems import invalid_body, responses
from search_api.state import State, WritersOnly

router = APIRouter(prefix="/metadata", tags=["metadata"], dependencies=[WritersOnly])


class Changes(TersePart):
    """Changes of many sounds, each its own."""

    sounds: Annotated[list[SoundChange], Field(max_length=MOST_EDITS, fail_fast=True)]


@router.patch("", summary="Change many sounds", responses=responses(401, 403, 413, 422))
def change(wanted: Changes, state: State, later: BackgroundTasks) -> list[ChangeResult]:
    """Set metadata, tags, marks and notes of many sounds in one transaction; of each it is said
    what became of it. What cannot be changed holds up nothing else."""
    with state.library.catalog.write(alone=True) as session:
        results = edit_each(session, wanted.sounds)
    later.add_task(state.edited_words.refresh)
    return results


@router.post(
    "/import",
    summary="Import a librarian's table",
    responses=responses(400, 401, 403, 413, 422),
    dependencies=[Depends(only_fields("file", "options"))],
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
        raise invalid_body(error) from error
    with tempfile.TemporaryDirectory(prefix="foundsound-import-") as folder:
        name = Path(file.filename or "").name or "table.csv"
        table = Path(folder, "table")
        with table.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        return import_table(state.library, table, wanted, source=name)
