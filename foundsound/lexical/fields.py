"""What is said of a sound, field by field, and how much a word in each counts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.texts import SoundTexts
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.ucs import UcsCategory, category_of
from foundsound.metadata.ucs_name import UcsName, parse_ucs_name


class Field(StrEnum):
    """Where a word stands."""

    NAME = "name"
    CATEGORY = "category"
    TITLE = "title"
    DESCRIPTION = "description"
    KEYWORDS = "keywords"
    TAG = "tag"
    NOTE = "note"  # a person's
    FOLDER = "folder"
    SYNONYM = "synonym"  # of the category, as the standard lists them
    ORIGIN = "origin"  # who made it, for what, in which library


class Weighing(NamedTuple):
    """How words of a field count."""

    weight: float
    usual: int  # words in the field; those of a longer one count less each


WEIGHING = {
    Field.NAME: Weighing(3.0, 5),
    Field.CATEGORY: Weighing(2.0, 3),
    Field.TITLE: Weighing(2.0, 5),
    Field.DESCRIPTION: Weighing(2.0, 12),
    Field.KEYWORDS: Weighing(1.5, 8),
    Field.TAG: Weighing(2.0, 3),
    Field.NOTE: Weighing(1.5, 8),
    Field.FOLDER: Weighing(1.0, 5),
    Field.SYNONYM: Weighing(0.4, 25),
    Field.ORIGIN: Weighing(0.3, 5),
}


@dataclass(frozen=True, slots=True)
class FieldText:
    """A piece of text and the field that it stands in."""

    field: Field
    text: str


def field_texts(texts: SoundTexts) -> list[FieldText]:
    """Everything that is said of a sound, each thing once."""
    found = [piece for path in texts.paths for piece in _of_path(path)]
    if texts.metadata is not None:
        found += _of_metadata(texts.metadata)
    found += [FieldText(Field.TAG, tag) for tag in texts.tags]
    if texts.note:
        found.append(FieldText(Field.NOTE, texts.note))
    return list(dict.fromkeys(found))  # two copies of a file say the same twice


def _of_path(path: str) -> Iterator[FieldText]:
    *folders, name = path.split("/")
    for folder in folders:
        yield FieldText(Field.FOLDER, folder)
    by_ucs = parse_ucs_name(name)
    if by_ucs is not None:
        yield from _of_ucs_name(by_ucs)
    else:
        yield FieldText(Field.NAME, os.path.splitext(name)[0] if is_audio_name(name) else name)


def _of_ucs_name(name: UcsName) -> Iterator[FieldText]:
    yield from _of_category(name.category)
    for field, text in (
        (Field.NAME, name.fx_name),
        (Field.NAME, name.user_category),
        (Field.ORIGIN, name.vendor_category),
        (Field.ORIGIN, name.creator_id),
        (Field.ORIGIN, name.source_id),
        (Field.DESCRIPTION, name.user_data),
    ):
        if text:
            yield FieldText(field, text)


def _of_category(category: UcsCategory) -> Iterator[FieldText]:
    yield FieldText(Field.CATEGORY, f"{category.category} {category.subcategory}")
    yield FieldText(Field.CATEGORY, category.cat_id)
    yield FieldText(Field.SYNONYM, " ".join(category.synonyms))


def _of_metadata(metadata: SoundMetadata) -> Iterator[FieldText]:
    category = category_of(metadata.cat_id or "")
    if category is not None:
        yield from _of_category(category)
    for field, text in (
        (Field.TITLE, metadata.title),
        (Field.DESCRIPTION, metadata.description),
        (Field.DESCRIPTION, metadata.comment),
        (Field.KEYWORDS, " ".join(metadata.keywords)),
        (Field.CATEGORY, None if category else metadata.category),
        (Field.CATEGORY, None if category else metadata.subcategory),
        (Field.ORIGIN, metadata.originator),
        (Field.ORIGIN, metadata.library),
        (Field.ORIGIN, metadata.project),
    ):
        if text:
            yield FieldText(field, text)
