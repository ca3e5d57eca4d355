"""The filter on the format: people name the ending of a file, the catalogue its container."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_

from foundsound.catalog.models import Root, Sound
from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Typed
from foundsound.search.query.values import Choice

CONTAINERS = {
    **dict.fromkeys(("wav", "wave", "bwf"), ("WAV", "WAVEX", "RF64")),
    "rf64": ("RF64",),
    "w64": ("W64",),
    **dict.fromkeys(("aif", "aiff", "aifc"), ("AIFF",)),
    "flac": ("FLAC",),
    **dict.fromkeys(("ogg", "oga"), ("OGG",)),
    **dict.fromkeys(("mp3", "mp2"), ("MP3", "MPEG")),
    **dict.fromkeys(("m4a", "m4b", "mp4", "m4v", "mov"), ("MOV",)),
    "aac": ("AAC",),
    **dict.fromkeys(("wma", "wmv"), ("ASF",)),
    "caf": ("CAF",),
    "ac3": ("AC3",),
    "eac3": ("EAC3",),
    **dict.fromkeys(("au", "snd"), ("AU",)),
    **dict.fromkeys(("mka", "mkv", "webm"), ("MATROSKA",)),
    "avi": ("AVI",),
    "mxf": ("MXF",),
    **dict.fromkeys(("mpg", "mpeg"), ("MPEG",)),
}
CODECS = {"opus": "OPUS"}  # a coding with a name of its own in another's container


@dataclass(frozen=True)
class Format:
    """The filter on a sound's container."""

    example: str = "wav"
    of_location: bool = False

    def read(self, typed: Typed, earlier: Choice | None) -> Choice:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        held: dict[str, Any] = earlier.model_dump() if earlier else {"any": (), "none": ()}
        field = "none" if typed.negated else "any"
        for word in typed.value.split(","):
            name = word.strip().lower().removeprefix(".")
            try:
                _condition(name)
            except InvalidRequest as error:
                raise typed.error(str(error)) from error
            if name not in held[field]:
                held[field] = (*held[field], name)
        return Choice(**held)

    def write(self, key: str, value: Choice) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        typed = [f"{key}:{','.join(value.any)}"] if value.any else []
        return typed + ([f"-{key}:{','.join(value.none)}"] if value.none else [])

    def where(self, value: Choice, roots: Sequence[Root]) -> ColumnElement[bool]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        conditions = [not_(_condition(name)) for name in value.none]
        if value.any:
            conditions.append(or_(*(_condition(name) for name in value.any)))
        return and_(*conditions)


def _condition(name: str) -> ColumnElement[bool]:
    name = name.lower()
    if name in CODECS:
        return Sound.codec == CODECS[name]
    if name in CONTAINERS:
        return Sound.format.in_(CONTAINERS[name])
    known = sorted({*CONTAINERS, *CODECS})
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"formats are {', '.join(known)}."
    raise InvalidRequest(f"'{name}' is no audio format that foundsound reads; {hint}")
