"""The filters there are: one line each, the same in JSON and in the text box."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement

from foundsound.catalog.models import Root, Sound
from foundsound.search.query.days import Moment
from foundsound.search.query.formats import Format
from foundsound.search.query.kind import Kind
from foundsound.search.query.numbers import BYTES, COUNT, HERTZ, LAYOUTS, SECONDS, Number
from foundsound.search.query.places import PathWords, Place, in_folder, in_root, named
from foundsound.search.query.values import Choice, Days, Phrases, Range

DUR = Number(Sound.duration_s, SECONDS, "<5")
SR = Number(Sound.sample_rate, HERTZ, ">=96000", whole=True)
CH = Number(Sound.channels, COUNT, "2", LAYOUTS, whole=True)
SIZE = Number(Sound.size, BYTES, "<10mb", whole=True)


class Filters(BaseModel):
    """What a sound must be besides what it sounds like; all that are given must hold.

    A field is typed as ``<its name>:<value>``; its annotation says what it means to the catalogue.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dur: Annotated[Range | None, DUR] = Field(default=None, description="Duration in seconds.")
    sr: Annotated[Range | None, SR] = Field(default=None, description="Sample rate in Hz.")
    ch: Annotated[Range | None, CH] = Field(default=None, description="Channels.")
    size: Annotated[Range | None, SIZE] = Field(default=None, description="File size in bytes.")
    fmt: Annotated[Choice | None, Format()] = Field(
        default=None,
        description="Format, by a file's usual ending.",
        examples=[{"any": ["wav", "flac"]}],
    )
    added: Annotated[Days | None, Moment(Sound.added_at)] = Field(
        default=None, description="The day on which the sound came into the library."
    )
    folder: Annotated[Choice | None, Place(in_folder, '"Ambience/City"')] = Field(
        default=None, description="A folder's name, or a row of them; * and ? are wildcards."
    )
    root: Annotated[Choice | None, Place(in_root, "nas")] = Field(
        default=None, description="Part of the name of an indexed folder, or its whole path."
    )
    name: Annotated[Choice | None, Place(named, "*slam*")] = Field(
        default=None, description="Part of the file's name; with * and ? a pattern for all of it."
    )
    words: Annotated[Phrases | None, PathWords()] = Field(
        default=None, description="Words that the path below the indexed folder holds."
    )

    def given(self) -> Iterator[tuple[str, BaseModel]]:
        """Name and value of each filter that is set."""
        for name in KINDS:
            value = getattr(self, name)
            if value is not None:
                yield name, value


# Each field's annotation holds its kind.
KINDS: dict[str, Kind] = {
    name: cast(Kind, next(m for m in field.metadata if hasattr(m, "of_location")))
    for name, field in Filters.model_fields.items()
}


@dataclass(frozen=True)
class Conditions:
    """Filters in SQL."""

    of_sound: tuple[ColumnElement[bool], ...] = ()
    of_location: tuple[ColumnElement[bool], ...] = ()  # all of them of one and the same location

    def __bool__(self) -> bool:
        return bool(self.of_sound or self.of_location)


def conditions(filters: Sequence[Filters], roots: Sequence[Root]) -> Conditions:
    """What all of ``filters`` ask of the catalogue.

    Raises:
        InvalidRequest: a value that cannot be.
    """
    of_sound: list[ColumnElement[bool]] = []
    of_location: list[ColumnElement[bool]] = []
    for name, value in (given for each in filters for given in each.given()):
        kind = KINDS[name]
        (of_location if kind.of_location else of_sound).append(kind.where(value, roots))
    return Conditions(tuple(of_sound), tuple(of_location))
