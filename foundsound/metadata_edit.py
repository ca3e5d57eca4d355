"""Edits of many sounds at once, each its own: metadata, tags, favourite, note.

Metadata that is set so stands where a librarian's table would put it, see
:mod:`foundsound.catalog.metadata`: apart from what the file says, and before it. The file is never
touched.
"""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from foundsound.catalog.metadata import save_import
from foundsound.catalog.models import ImportedMetadata
from foundsound.catalog.words import hold_sounds
from foundsound.errors import InvalidRequest, NotFound
from foundsound.metadata.merge import from_filled
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.text import clean_text
from foundsound.metadata.ucs import category_of
from foundsound.user_data import SoundEdit, edit_sounds

MOST_EDITS = 1000  # in one request
SOURCE = "API"
Text = Annotated[str, StringConstraints(max_length=20_000)]
Word = Annotated[str, StringConstraints(max_length=400)]


class MetadataFields(BaseModel):
    """Metadata to set; null takes away what was set or imported, and the file's own shows again."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = None
    description: Text | None = None
    originator: Text | None = None
    library: Text | None = None
    date: Word | None = None
    comment: Text | None = None
    keywords: Annotated[list[Word], Field(max_length=200)] | None = None
    cat_id: Word | None = Field(default=None, description="UCS CatID.", examples=["DOORWood"])
    project: Text | None = None
    scene: Word | None = None
    take: Word | None = None
    bpm: float | None = Field(default=None, gt=0, lt=1000, allow_inf_nan=False)
    key: Word | None = None


class SoundChange(SoundEdit):
    """What is to change about one sound; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "sound_id": "1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90",
                    "metadata": {"description": "Oak door slams shut", "cat_id": "DOORWood"},
                    "add_tags": ["wet"],
                }
            ]
        },
    )

    sound_id: str = Field(max_length=64, pattern=r"^[^\x00]*$")
    metadata: MetadataFields | None = None


class ChangeResult(BaseModel):
    """What became of one of them."""

    sound_id: str
    changed: bool
    error: str | None = Field(description="Why nothing of it was changed.")


def edit_each(session: Session, changes: list[SoundChange]) -> list[ChangeResult]:
    """Make every change that can be made, in one transaction, and say of each what became of it.

    The session is of ``catalog.write(alone=True)``.
    """
    hold_sounds(session, [change.sound_id for change in changes])
    return [_edit(session, change) for change in changes]


def _edit(session: Session, change: SoundChange) -> ChangeResult:
    error = None
    try:
        with session.begin_nested():
            edit_sounds(session, [change.sound_id], change)
            if change.metadata is not None:
                _set_metadata(session, change.sound_id, change.metadata)
    except (InvalidRequest, NotFound) as refused:
        error = str(refused)
    return ChangeResult(sound_id=change.sound_id, changed=error is None, error=error)


def _set_metadata(session: Session, sound_id: str, wanted: MetadataFields) -> None:
    imported = session.get(ImportedMetadata, sound_id)
    before = from_filled(imported.fields) if imported else SoundMetadata()
    values = {name: _value(getattr(wanted, name)) for name in wanted.model_fields_set}
    if "keywords" in values:
        values["keywords"] = tuple(values["keywords"] or ())
    if "cat_id" in values:
        values |= _category(values["cat_id"])
    source = imported.source if imported and imported.source != SOURCE else SOURCE
    save_import(session, sound_id, replace(before, **values), source)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value) or None
    if isinstance(value, list):
        return [word for each in value if (word := clean_text(each).replace(";", ","))]
    return value


def _category(cat_id: str | None) -> dict[str, str | None]:
    if cat_id is None:
        return {"cat_id": None, "category": None, "subcategory": None}
    known = category_of(cat_id)
    if known is None:
        raise InvalidRequest(f"There is no CatID '{cat_id}' in the Universal Category System.")
    return {
        "cat_id": known.cat_id,
        "category": known.category,
        "subcategory": known.subcategory,
    }
