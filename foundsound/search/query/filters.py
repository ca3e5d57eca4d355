"""The filters there are: one line each, the same in JSON and in the text box."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement

from foundsound.catalog.models import Root, Sound, StoredAnalysis, StoredMetadata
from foundsound.search.query.categories import of_category
from foundsound.search.query.choices import AllOf, Choices
from foundsound.search.query.days import Moment
from foundsound.search.query.formats import format_is, tidy_format
from foundsound.search.query.kind import Kind, Scope
from foundsound.search.query.musical_keys import key_is, tidy_key
from foundsound.search.query.numbers import (
    BEATS,
    BIT,
    BYTES,
    COUNT,
    DBTP,
    HERTZ,
    LAYOUTS,
    LOUDNESS,
    SECONDS,
    Number,
)
from foundsound.search.query.places import in_folder, in_root, in_state, named, tidy_state
from foundsound.search.query.sound_classes import of_class, tidy_class
from foundsound.search.query.suggested import is_suggested
from foundsound.search.query.texts import codec_is, describes, in_path_or_metadata, says
from foundsound.search.query.user_words import Tags, collected
from foundsound.search.query.values import Choice, Days, Labels, Levels, Phrases, Range

Clause = ColumnElement[bool]
DUR = Number(Sound.duration_s, SECONDS, "<5")
SR = Number(Sound.sample_rate, HERTZ, ">=96000", whole=True)
CH = Number(Sound.channels, COUNT, "2", LAYOUTS, whole=True)
BITS = Number(Sound.bit_depth, BIT, "24", whole=True)
SIZE = Number(Sound.size, BYTES, "<10mb", whole=True)
LUFS = Number(StoredAnalysis.loudness_lufs, LOUDNESS, "<-20", values=Levels)
PEAK = Number(StoredAnalysis.true_peak_dbtp, DBTP, ">-1", values=Levels)
BPM = Number(StoredMetadata.bpm, BEATS, "90..110", also=StoredAnalysis.bpm)
FMT = Choices(format_is, "wav", tidy=tidy_format)
KEY = Choices(key_is, "Am", tidy=tidy_key)
CLASS = Choices(of_class, "loop", tidy=tidy_class)
FOLDER = Choices(in_folder, '"Ambience/City"', of_location=True, commas=False)
ROOT = Choices(in_root, "nas", of_location=True, commas=False)
NAME = Choices(named, "*slam*", of_location=True, commas=False)
STATE = Choices(in_state, "offline", of_location=True, tidy=tidy_state)
COLLECTION = Choices(collected, '"Trailer hits"', commas=False)
ARTIST = Choices(says(StoredMetadata.originator), '"Ada Field"', commas=False)
LIBRARY = Choices(says(StoredMetadata.library), '"Old House"', commas=False)
WORDS = AllOf(in_path_or_metadata, '"metal door"', of_location=True)


class Filters(BaseModel):
    """What a sound must be besides what it sounds like; all that are given must hold.

    A field is typed as ``<its name>:<value>``; its annotation says what it means to the catalogue.
    """

    # A field that is a word of Python is spelt with an underscore here, and without one in JSON.
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    dur: Annotated[Range | None, DUR] = Field(default=None, description="Duration in seconds.")
    sr: Annotated[Range | None, SR] = Field(default=None, description="Sample rate in Hz.")
    ch: Annotated[Range | None, CH] = Field(default=None, description="Channels.")
    size: Annotated[Range | None, SIZE] = Field(default=None, description="File size in bytes.")
    bits: Annotated[Range | None, BITS] = Field(
        default=None, description="Bits a sample; sounds of lossy codings have none."
    )
    fmt: Annotated[Choice | None, FMT] = Field(
        default=None,
        description="Format, by a file's usual ending.",
        examples=[{"any": ["wav", "flac"]}],
    )
    codec: Annotated[Choice | None, Choices(codec_is, "pcm*")] = Field(
        default=None, description="Coding, such as pcm_24, float or vorbis; * and ? are wildcards."
    )
    added: Annotated[Days | None, Moment(Sound.added_at)] = Field(
        default=None, description="The day on which the sound came into the library."
    )
    folder: Annotated[Choice | None, FOLDER] = Field(
        default=None, description="A folder's name, or a row of them; * and ? are wildcards."
    )
    root: Annotated[Choice | None, ROOT] = Field(
        default=None, description="Part of the name of an indexed folder, or its whole path."
    )
    name: Annotated[Choice | None, NAME] = Field(
        default=None, description="Part of the file's name; with * and ? a pattern for all of it."
    )
    state: Annotated[Choice | None, STATE] = Field(
        default=None,
        description="Whether the drive on which the file lies is online or offline.",
        examples=[{"any": ["online"]}],
    )
    words: Annotated[Phrases | None, WORDS] = Field(
        default=None,
        description="Words that the path below the indexed folder, the metadata, the category's "
        "name or a tag holds.",
    )
    cat: Annotated[Choice | None, Choices(of_category, "DOOR*")] = Field(
        default=None,
        description="UCS category, of the file's name or its metadata: CatID, category, "
        "subcategory, or both with a slash; * and ? are wildcards.",
        examples=[{"any": ["DOOR*", "WATER/DRIP"]}],
    )
    tag: Annotated[Labels | None, Tags()] = Field(
        default=None,
        description="Tags that people gave, or the tag favourite; * and ? are wildcards.",
        examples=[{"all": ["wet"], "none": ["used"]}],
    )
    suggested: Annotated[Choice | None, Choices(is_suggested, "DOOR*")] = Field(
        default=None,
        description="UCS category or tag that is suggested, by ear, and not decided upon; * and ? "
        "are wildcards.",
    )
    collection: Annotated[Choice | None, COLLECTION] = Field(
        default=None, description="A collection's name; * and ? are wildcards."
    )
    artist: Annotated[Choice | None, ARTIST] = Field(
        default=None, description="Part of who made it: artist, designer, recordist, originator."
    )
    library: Annotated[Choice | None, LIBRARY] = Field(
        default=None, description="Part of the name of the library or album that it comes from."
    )
    desc: Annotated[Phrases | None, AllOf(describes, '"oak door"')] = Field(
        default=None, description="Words that title, description or keywords hold."
    )
    lufs: Annotated[Levels | None, LUFS] = Field(
        default=None, description="Integrated loudness in LUFS."
    )
    peak: Annotated[Levels | None, PEAK] = Field(default=None, description="True peak in dBTP.")
    bpm: Annotated[Range | None, BPM] = Field(
        default=None, description="Beats a minute, as the file says or as is heard."
    )
    key: Annotated[Choice | None, KEY] = Field(
        default=None,
        description="Musical key, as the file says or as is heard.",
        examples=[{"any": ["Am", "F#"]}],
    )
    class_: Annotated[Choice | None, CLASS] = Field(
        default=None,
        alias="class",
        description="What it is used as: one-shot, loop or ambience.",
        examples=[{"any": ["loop"]}],
    )

    def given(self) -> Iterator[tuple[str, BaseModel]]:
        """Name and value of each filter that is set."""
        if not self.model_fields_set:  # as in most queries
            return
        for key, name in _FIELDS.items():
            value = getattr(self, name)
            if value is not None:
                yield key, value


_FIELDS = {field.alias or name: name for name, field in Filters.model_fields.items()}
# Each field's annotation holds its kind.
KINDS: dict[str, Kind] = {
    key: next(m for m in Filters.model_fields[name].metadata if hasattr(m, "of_location"))
    for key, name in _FIELDS.items()
}


@dataclass(frozen=True, eq=False)  # SQL cannot be compared
class Conditions:
    """Filters in SQL."""

    of_sound: tuple[Clause, ...] = ()
    of_location: tuple[Clause, ...] = ()  # all of them of one and the same location
    # The same for statements that look through the whole catalogue.
    whole: "Conditions | None" = None

    def __bool__(self) -> bool:
        return bool(self.of_sound or self.of_location)


def conditions(filters: Sequence[Filters], roots: Sequence[Root]) -> Conditions:
    """What all of ``filters`` ask of the catalogue.

    Raises:
        InvalidRequest: a value that cannot be.
    """
    whole = _conditions(filters, Scope(roots, whole=True), None)
    return _conditions(filters, Scope(roots), whole)


def _conditions(filters: Sequence[Filters], scope: Scope, whole: Conditions | None) -> Conditions:
    of_sound: list[Clause] = []
    of_location: list[Clause] = []
    for name, value in (given for each in filters for given in each.given()):
        kind = KINDS[name]
        (of_location if kind.of_location else of_sound).append(kind.where(value, scope))
    return Conditions(tuple(of_sound), tuple(of_location), whole)
