"""Edits of many sounds at once, each its own: metadata, tags, favourite, note.

Metadata that is set so stands where a librarian's table would put it, see
:mod:`foundsound.catalog.metadata`: apart from what the file says, and before it. The file is never
touched.
"""

from collections.abc import Container
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.orm import Session

from foundsound.catalog.metadata import Imported, imports_of, save_imports
from foundsound.catalog.tags import tidy_tags
from foundsound.catalog.words import hold_sounds, mark_words_stale
from foundsound.errors import InvalidRequest, NotFound
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.text import clean_text
from foundsound.metadata.ucs import category_of
from foundsound.user_data import SoundEdit, added_tags, check_known, edit_in_turn, known_sounds

MOST_EDITS = 1000  # in one request
SOURCE = "API"
Text = Annotated[str, StringConstraints(max_length=20_000)]
Word = Annotated[str, StringConstraints(max_length=400)]


class TersePart(BaseModel):
    """Part of a body that may be large: it is told of one unknown field, not of a million."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _with_one_unknown(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        unknown = next((name for name in data if name not in cls.model_fields), None)
        return {name: data[name] for name in data if name in cls.model_fields or name == unknown}


class MetadataFields(TersePart):
    """Metadata to set; null takes away what was set or imported, and the file's own shows again."""

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


class SoundChange(TersePart, SoundEdit):
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
    ids = list(dict.fromkeys(change.sound_id for change in changes))
    hold_sounds(session, ids)
    known = known_sounds(session, ids)
    # What cannot be is refused first, so that the others are written together.
    errors = [_refusal(change, known) for change in changes]
    possible = [change for change, error in zip(changes, errors, strict=True) if error is None]
    edited = edit_in_turn(session, [(change.sound_id, change) for change in possible])
    mark_words_stale(session, edited | _set_metadata(session, possible))
    return [
        ChangeResult(sound_id=change.sound_id, changed=error is None, error=error)
        for change, error in zip(changes, errors, strict=True)
    ]


def _refusal(change: SoundChange, known: Container[str]) -> str | None:
    try:
        check_known(change.sound_id, known)
        tidy_tags(added_tags(change))
        if change.metadata is not None:
            _values(change.metadata)
    except (InvalidRequest, NotFound) as refused:
        return str(refused)
    return None


def _set_metadata(session: Session, changes: list[SoundChange]) -> set[str]:
    """Make the changes of metadata, in turn; returns the sounds that have any."""
    wanted = [
        (change.sound_id, change.metadata) for change in changes if change.metadata is not None
    ]
    imports = imports_of(session, list(dict.fromkeys(sound_id for sound_id, _ in wanted)))
    for sound_id, metadata in wanted:
        before = imports.get(sound_id, Imported(SoundMetadata(), SOURCE))
        after = replace(before.metadata, **_values(metadata))
        imports[sound_id] = replace(before, metadata=after)
    save_imports(session, imports)
    return set(imports)


def _values(wanted: MetadataFields) -> dict[str, Any]:
    values = {name: _value(getattr(wanted, name)) for name in wanted.model_fields_set}
    if "keywords" in values:
        values["keywords"] = tuple(values["keywords"] or ())
    if "cat_id" in values:
        values |= _category(values["cat_id"])
    return values


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
