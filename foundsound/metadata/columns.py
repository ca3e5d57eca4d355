"""What the columns of a librarian's table hold, by their names.

Soundminer's names are those of its Metadata Initiative. Other programs let people name and choose
the columns, so that common names are known here, and any other can be mapped by hand.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foundsound.errors import InvalidRequest

OUR_ID = "sound_id"  # a column of the tables that foundsound writes
# What stands in them but is not for metadata to say.
_OUR_FACTS = (OUR_ID, "duration_s", "category", "tags", "favourite", "note")
PLACES = ("path", "folder", "name")  # by which a row finds its sound
IGNORE = "ignore"
# For each field the columns that may hold it, the most telling first.
_ALIASES = {
    "path": "filepath path pathname fullpath fullpathname fullfilepath filelocation filepathname",
    "folder": "folder folderpath directory dirname parentfolder filefolder",
    "name": "filename file name soundname sourcefile",
    "description": "description desc bwdescription bwavdescription bextdescription longdescription",
    "title": "tracktitle title fxname songtitle trackname",
    "originator": "designer recordist artist originator creator author composer manufacturer "
    "vendor",
    "library": "library libraryname cdtitle album pack collection source",
    "date": "recordingdate recorddate trackyear year date releasedate originationdate",
    "comment": "notes comments comment usercomments remarks",
    "keywords": "keywords keyword tags tag",
    "category": "category ucscategory",
    "subcategory": "subcategory ucssubcategory",
    "cat_id": "catid ucscatid ucsid",
    "project": "project show production",
    "scene": "scene",
    "take": "take takenumber",
    "bpm": "bpm tempo",
    "key": "key musicalkey inkey",
}
# What is a fact of the file or of the other program, and nobody's words about the sound.
_TECHNICAL = (
    "duration length totalframes channels channellayout channelcount samplerate bitdepth bits "
    "bitrate size filesize filetype format type codec creationdate createddate dateadded "
    "modificationdate modifieddate lastmodified datemodified timestamp rating popularity "
    "playcount lastplayed index id recid entrydate scandate dbversion waveform volume md5 "
    "filesummary lufs loudness peak"
)
_BY_ALIAS = {
    alias: (field, rank)
    for field, aliases in _ALIASES.items()
    for rank, alias in enumerate(aliases.split())
}
FIELDS = tuple(_ALIASES)


@dataclass(frozen=True)
class Columns:
    """Which columns hold what, by their places in a row."""

    fields: Mapping[str, tuple[int, ...]]  # for each field its columns, the most telling first
    extra: Mapping[int, str]  # columns without a field: their names
    ignored: tuple[str, ...]  # names of those that are passed over
    our_id: int | None = None  # of a table that foundsound wrote: where it names the sound


def map_columns(header: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """What each column of a table holds.

    In one that foundsound wrote, tags are no keywords, and facts are nobody's words.

    Args:
        wanted: a field, or "ignore", for columns by name; goes before what their names mean.

    Raises:
        InvalidRequest: a column or a field is unknown, or nothing names the files.
    """
    chosen = _chosen(header, wanted)
    ours = OUR_ID in header
    found: dict[str, list[tuple[int, int]]] = {}
    extra: dict[int, str] = {}
    ignored: list[str] = []
    for place, name in enumerate(header):
        key = _key(name)
        field, rank = (chosen[place], -1) if place in chosen else _BY_ALIAS.get(key, ("", 0))
        if ours and place not in chosen and name in _OUR_FACTS:
            field = IGNORE
        if field == IGNORE or not key or (not field and key in _TECHNICAL.split()):
            ignored.append(name)
        elif field:
            found.setdefault(field, []).append((rank, place))
        else:
            extra[place] = name
    fields = {field: tuple(place for _, place in sorted(each)) for field, each in found.items()}
    if not {"path", "name"} & fields.keys():
        raise InvalidRequest(
            "No column names the files: say which one does, for example --map 'Location=path' or "
            f"--map 'Title=name'. The columns are: {', '.join(filter(None, header))}."
        )
    return Columns(fields, extra, tuple(ignored), header.index(OUR_ID) if ours else None)


def _chosen(header: Sequence[str], wanted: Mapping[str, str]) -> dict[int, str]:
    places = {_key(name): place for place, name in reversed(list(enumerate(header)))}
    chosen = {}
    for name, field in wanted.items():
        if _key(name) not in places:
            columns = ", ".join(filter(None, header))
            raise InvalidRequest(f"There is no column '{name}'; there are: {columns}.")
        if field not in (*FIELDS, IGNORE):
            raise InvalidRequest(
                f"There is no field '{field}'; a column is one of {', '.join(FIELDS)}, or {IGNORE}."
            )
        chosen[places[_key(name)]] = field
    return chosen


def _key(name: str) -> str:
    """Case, spaces and signs do not matter: "Sub Category" is "SubCategory"."""
    return re.sub(r"[\W_]+", "", name).casefold()
