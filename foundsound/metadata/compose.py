"""Makes one SoundMetadata out of the fields that a file's chunks and tags hold."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from foundsound.metadata.fields import Fields
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.ucs import category_named, category_of

T = TypeVar("T")
MAX_KEYWORDS = 64
MAX_BPM = 1000.0
# For each field the keys that may hold it, the most telling first: librarians' iXML comes before
# the tags of the format, and those before bext, whose 256 bytes of ASCII are often cut short. A row
# of a librarian's table, see sidecar.py, calls its fields "sidecar." and as we do.
_SOURCES = {
    "description": "ixml.USER.DESCRIPTION vorbis.DESCRIPTION bext.description "
    "ixml.BEXT.BWF_DESCRIPTION tag.description tag.TIT3 info.ISBJ ixml.STEINBERG.MediaComment",
    "title": "ixml.USER.TRACKTITLE ixml.USER.FXNAME ixml.ASWG.FXNAME ixml.ASWG.SONGTITLE "
    "vorbis.TITLE tag.title info.INAM",
    "originator": "ixml.USER.DESIGNER ixml.ASWG.ORIGINATOR ixml.USER.ARTIST ixml.ASWG.ARTIST "
    "vorbis.ARTIST tag.artist tag.author info.IART bext.originator ixml.BEXT.BWF_ORIGINATOR",
    "library": "ixml.USER.LIBRARY ixml.ASWG.LIBRARY ixml.STEINBERG.MediaLibrary vorbis.LIBRARY "
    "vorbis.ALBUM tag.library tag.album info.IPRD",
    "comment": "ixml.NOTE ixml.USER.NOTES ixml.ASWG.NOTES vorbis.COMMENT tag.comment info.ICMT",
    "category": "ixml.USER.CATEGORY ixml.ASWG.CATEGORY vorbis.CATEGORY tag.category "
    "ixml.STEINBERG.MediaCategoryPost",
    "subcategory": "ixml.USER.SUBCATEGORY ixml.ASWG.SUBCATEGORY vorbis.SUBCATEGORY tag.subcategory",
    "project": "ixml.PROJECT ixml.ASWG.PROJECT",
    "scene": "ixml.SCENE",
    "take": "ixml.TAKE",
}
_CAT_ID = "sidecar.cat_id ixml.USER.CATID ixml.ASWG.CATID vorbis.CATID tag.catid"
_DATES = "sidecar.date vorbis.DATE tag.date info.ICRD bext.date ixml.BEXT.BWF_ORIGINATION_DATE "
_DATES += "ixml.USER.TRACKYEAR tag.creation_time"
_KEYWORDS = (
    "sidecar.keywords ixml.USER.KEYWORDS ixml.ASWG.KEYWORDS vorbis.KEYWORDS tag.keywords info.IKEY"
)
_BPM = (
    "sidecar.bpm ixml.ASWG.TEMPO ixml.USER.BPM vorbis.BPM vorbis.TEMPO tag.TBPM tag.bpm tag.tempo"
)
_BPM += " tag.WM/BeatsPerMinute"
_KEY = (
    "sidecar.key ixml.ASWG.INKEY ixml.USER.KEY vorbis.INITIALKEY vorbis.KEY tag.TKEY tag.initialkey"
)
_KEY += " tag.WM/InitialKey"
_DATE = re.compile(r"(\d{4})\D?(\d\d)\D?(\d\d)(?!\d)")
_MUSICAL_KEY = re.compile(r"[A-Ga-g][#b♯♭]?\s?(?:m|min|minor|maj|major|M)?")
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?")


def compose(fields: Fields) -> SoundMetadata:
    """The metadata in one shape; what has no place in it goes to ``extra``."""
    source = _Source(fields.values)
    texts = {name: source.first(f"sidecar.{name} {keys}", str) for name, keys in _SOURCES.items()}
    ucs = source.first(_CAT_ID, category_of) or category_named(
        texts["category"] or "", texts["subcategory"] or ""
    )
    return SoundMetadata(
        description=texts["description"],
        title=texts["title"],
        originator=texts["originator"],
        library=texts["library"],
        date=source.first(_DATES, _date),
        comment=texts["comment"],
        keywords=_split_keywords(source.all(_KEYWORDS)),
        category=ucs.category if ucs else texts["category"],
        subcategory=ucs.subcategory if ucs else texts["subcategory"],
        cat_id=ucs.cat_id if ucs else None,
        project=texts["project"],
        scene=texts["scene"],
        take=texts["take"],
        bpm=source.first(_BPM, _bpm),
        key=source.first(_KEY, _musical_key),
        extra=source.rest(),
        note=" ".join(fields.notes) or None,
    )


class _Source:
    """The fields; those that were used, and their equals in other places, are not extra."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values
        self._by_key = {key.casefold(): key for key in values}
        self._used: set[str] = set()  # keys

    def first(self, keys: str, parse: Callable[[str], T | None]) -> T | None:
        """The first of these keys that holds what can be parsed."""
        found = self._found(keys)
        for value in found.values():
            parsed = parse(value)
            if parsed is not None:
                self._used.update(key for key, other in found.items() if other == value)
                return parsed
        return None

    def all(self, keys: str) -> list[str]:
        """The values of all of these keys."""
        found = self._found(keys)
        self._used.update(found)
        return list(found.values())

    def rest(self) -> dict[str, str]:
        """What was not used."""
        return {key: value for key, value in self._values.items() if key not in self._used}

    def _found(self, keys: str) -> dict[str, str]:
        real = (self._by_key.get(key.casefold()) for key in keys.split())
        return {key: self._values[key] for key in real if key is not None}


def _split_keywords(values: Iterable[str]) -> tuple[str, ...]:
    words: dict[str, str] = {}
    for value in values:
        for word in re.split(r"[,;\n]", value):
            if word.strip():
                words.setdefault(word.strip().casefold(), word.strip())
    return tuple(words.values())[:MAX_KEYWORDS]


def _date(text: str) -> str | None:
    """YYYY-MM-DD where there is a whole date, whatever stands between; else as it is."""
    found = _DATE.match(text)
    if found is None:
        return text
    return None if found[0].startswith("0000") else "-".join(found.groups())


def _bpm(text: str) -> float | None:
    found = _NUMBER.match(text)
    value = float(found[0].replace(",", ".")) if found else 0.0
    return value if 0 < value <= MAX_BPM else None


def _musical_key(text: str) -> str | None:
    return text if _MUSICAL_KEY.fullmatch(text) else None
