"""A row of a librarian's table: which file it means, and what it says of the sound."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundsound.metadata.columns import PLACES, Columns
from foundsound.metadata.compose import compose
from foundsound.metadata.fields import Fields
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.text import clean_text


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file as another program names it, with slashes between folders."""

    path: str  # whole, or as much as there is; the name alone at least

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]


def row_place(row: Sequence[str], columns: Columns) -> FilePlace | None:
    """The file that a row means; None when it names none."""
    path, folder, name = (_first(row, columns, field) for field in PLACES)
    if path and name and _slashes(path).rpartition("/")[2].casefold() != name.casefold():
        folder = path  # some programs call the folder a path
        path = ""
    whole = _slashes(path) if path else "/".join(filter(None, (_slashes(folder), _slashes(name))))
    place = FilePlace(whole.rstrip("/"))
    return place if place.name else None


def row_id(row: Sequence[str], columns: Columns) -> str:
    """The sound that a row of a table of foundsound's names by its id; empty when it names none."""
    at = columns.our_id
    return row[at].strip() if at is not None and at < len(row) else ""


def row_metadata(row: Sequence[str], columns: Columns) -> SoundMetadata:
    """What a row says, in the shape and by the rules of what files say; other columns are extra."""
    fields = Fields()
    for field in columns.fields.keys() - set(PLACES):
        fields.add(f"sidecar.{field}", _first(row, columns, field))
    for place, name in columns.extra.items():
        if place < len(row):
            fields.add(f"sidecar.{clean_text(name)}", row[place])
    return compose(fields)


def _first(row: Sequence[str], columns: Columns, field: str) -> str:
    places = columns.fields.get(field, ())
    return next((row[at].strip() for at in places if at < len(row) and row[at].strip()), "")


def _slashes(path: str) -> str:
    r"""``C:\sfx\a.wav`` and ``Disk:sfx:a.wav`` as ``C:/sfx/a.wav`` and ``Disk/sfx/a.wav``."""
    path = path.strip()
    if "/" in path:
        return path.rstrip("/")
    if "\\" in path:
        return path.replace("\\", "/").rstrip("/")
    return path.replace(":", "/").rstrip("/") if path.count(":") > 1 else path
