"""Which tables of the catalogue an export holds, and their rows as lines of JSON."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Table

from foundsound.catalog import alert_models as alert_models  # their tables count too
from foundsound.catalog import change_models as change_models
from foundsound.catalog import hearing_models as hearing_models
from foundsound.catalog import key_models as key_models
from foundsound.catalog import running_import as running_import
from foundsound.catalog import runs as runs
from foundsound.catalog import selections as selections
from foundsound.catalog import user_models as user_models
from foundsound.catalog import vectors_mark as vectors_mark
from foundsound.catalog import word_models as word_models
from foundsound.catalog.models import Base, UtcDateTime

WINDOWS = "sound_windows"
ROWS = 500  # in memory at once
LARGE = frozenset({"alert_clips", "enrolled_examples"})  # a row may hold 16 MiB of audio
# Keys and chosen sounds stay with their server; words are made anew; a mark belongs to one store of
# vectors, a feed of changes to one library, and runs to its workers.
LEFT_OUT = frozenset(
    {
        "api_keys",
        "change_feed",
        "changes",
        "running_import",
        "runs",
        "selections",
        "sound_terms",
        "terms",
        "vectors_mark",
    }
)


def exported_tables() -> list[Table]:
    """The tables of an export, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def rows_at_once(table: Table) -> int:
    """How many of its rows may be in memory."""
    return 1 if table.name in LARGE else ROWS


def line_of(table: Table, row: Iterable[Any]) -> bytes:
    """A row as one line: an object of its columns, without those that hold nothing."""
    values = zip(table.columns, row, strict=True)
    return (
        json.dumps(
            {column.name: _plain(column, value) for column, value in values if value is not None},
            separators=(",", ":"),
        ).encode()
        + b"\n"
    )


def rows_of(table: Table, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The rows again, each with the columns that hold something.

    Raises:
        ValueError: a line is no row of this table.
    """
    columns = {column.name: column for column in table.columns}
    # What held nothing shall not get what a new row does: every file would be due at once.
    empty = {column.name: None for column in table.columns if column.nullable and column.default}
    for line in lines:
        found = json.loads(line)
        if not isinstance(found, Mapping) or not found.keys() <= columns.keys():
            raise ValueError(f"a line is no row of {table.name}")
        yield empty | {name: _stored(columns[name], value) for name, value in found.items()}


def _plain(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, LargeBinary):
        return base64.b64encode(value).decode()
    if isinstance(column.type, UtcDateTime):
        return value.isoformat()
    return value


def _stored(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return value
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, list | dict):
        raise ValueError(f"{column.name} holds no plain value")
    return value
