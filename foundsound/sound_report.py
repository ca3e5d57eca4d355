"""All that is known of one sound, in the one shape that the API and the CLI share."""

import os
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from foundsound.analysis.sound_analysis import SoundAnalysis
from foundsound.catalog.analysis import analysis_in
from foundsound.catalog.duplicates import near_ones
from foundsound.catalog.known_sound import KnownSound, known_sound
from foundsound.catalog.metadata import metadata_in, own_metadata
from foundsound.catalog.paths import path_key, path_text
from foundsound.catalog.sounds import SoundDetails
from foundsound.catalog.spaces import windows_of
from foundsound.client_paths import ShownPath
from foundsound.errors import NotFound
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.ucs_name import parse_ucs_name
from foundsound.suggestion_report import (
    DecisionReport,
    SuggestionReport,
    report_decisions,
    report_suggestions,
)
from foundsound.user_data import UserData, user_data_of


class UcsFile(BaseModel):
    """A file whose name follows the Universal Category System."""

    path: ShownPath
    cat_id: str = Field(examples=["DOORWood"])
    category: str = Field(examples=["DOORS"])
    subcategory: str = Field(examples=["WOOD"])
    user_category: str | None
    vendor_category: str | None
    fx_name: str | None
    creator_id: str | None
    source_id: str | None
    user_data: str | None


class ModelWindows(BaseModel):
    """How many stretches of a sound a model has embedded."""

    model: str
    count: int


class Imported(BaseModel):
    """Metadata from a librarian's table; it wins over what the file says in the same fields."""

    source: str = Field(description="The table's file name.", examples=["soundminer.txt"])
    imported_at: datetime
    fields: list[str] = Field(examples=[["description", "keywords"]])
    own: SoundMetadata = Field(description="What the file itself says.")


class SoundReport(UserData):
    """A sound: one content, at every place where it lies, and what people say of it."""

    sound_id: str = Field(examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"])
    state: Literal["pending", "indexed", "failed"]
    error: str | None = Field(description="Why it could not be indexed.")
    paths: list[ShownPath] = Field(description="Every file with this content that is at hand.")
    near_duplicates: list[str] = Field(
        description="Sounds that are one with it to the ear, as far as they were compared."
    )
    offline: bool = Field(description="None of these files can be reached: their drives are off.")
    size_bytes: int
    duration_s: float | None
    sample_rate: int | None = Field(description="Hz.")
    channels: int | None
    bit_depth: int | None = Field(description="Bits a sample; null where the coding is lossy.")
    format: str | None = Field(examples=["WAV"])
    codec: str | None = Field(examples=["PCM_24"])
    added_at: datetime
    windows: list[ModelWindows]
    metadata: SoundMetadata | None = Field(
        description="What its file says, and what was imported; null until the file is read."
    )
    imported: Imported | None = Field(description="What a librarian's table says of it, if any.")
    analysis: SoundAnalysis | None = Field(
        description="What was measured of it and is heard in it; null until it is analysed."
    )
    ucs_files: list[UcsFile] = Field(description="What the names of its files say by UCS.")
    suggestions: list[SuggestionReport] = Field(
        description="Categories and tags that it may deserve by ear, strongest first."
    )
    decisions: list[DecisionReport] = Field(
        description="Suggestions that were accepted or rejected."
    )


def report_sound(session: Session, sound_id: str) -> SoundReport:
    """What the catalogue knows of a sound.

    Raises:
        NotFound: there is no such sound.
    """
    known = known_sound(session, sound_id)
    if known is None:
        raise NotFound(f"There is no sound {sound_id} in this library.")
    sound, facts = known.details, known.details.facts
    return SoundReport(
        **dict(user_data_of(session, sound_id)),
        sound_id=sound.id,
        state=sound.state.value,
        error=sound.error,
        paths=[path_text(path) for path in sound.paths],
        near_duplicates=near_ones(session, sound_id),
        offline=known.offline,
        size_bytes=sound.size,
        duration_s=facts.duration_s if facts else None,
        sample_rate=facts.sample_rate if facts else None,
        channels=facts.channels if facts else None,
        bit_depth=sound.bit_depth,
        format=facts.format if facts else None,
        codec=facts.codec if facts else None,
        added_at=sound.added_at,
        windows=[
            ModelWindows(model=model, count=count) for model, count in windows_of(session, sound_id)
        ],
        metadata=metadata_in(known.metadata) if known.metadata else None,
        imported=_imported(known),
        analysis=analysis_in(known.analysis) if known.analysis else None,
        ucs_files=_ucs_files(sound),
        suggestions=report_suggestions(session, sound_id),
        decisions=report_decisions(session, sound_id),
    )


def _imported(known: KnownSound) -> Imported | None:
    kept, row = known.imported, known.metadata
    if kept is None or row is None:
        return None
    return Imported(
        source=kept.source,
        imported_at=kept.imported_at,
        fields=list(kept.fields),
        own=own_metadata(row),
    )


def _ucs_files(sound: SoundDetails) -> list[UcsFile]:
    files = []
    for path in sound.paths:
        name = parse_ucs_name(path_key(os.path.basename(path)))
        if name is not None:
            files.append(
                UcsFile(
                    path=path_text(path),
                    cat_id=name.category.cat_id,
                    category=name.category.category,
                    subcategory=name.category.subcategory,
                    user_category=name.user_category,
                    vendor_category=name.vendor_category,
                    fx_name=name.fx_name,
                    creator_id=name.creator_id,
                    source_id=name.source_id,
                    user_data=name.user_data,
                )
            )
    return files
