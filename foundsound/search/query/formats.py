"""The filter on the format: people name the ending of a file, the catalogue its container."""

import difflib

from sqlalchemy import ColumnElement

from foundsound.catalog.models import Sound
from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Scope

Clause = ColumnElement[bool]

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


def tidy_format(name: str) -> str:
    """A typed ending as :func:`format_is` takes it.

    Raises:
        InvalidRequest: no such format is read.
    """
    tidied = _tidied(name)
    _condition(tidied)
    return tidied


def format_is(name: str, scope: Scope) -> Clause:
    """Whether the sound's container, or its coding, is called so.

    Raises:
        InvalidRequest: no such format is read.
    """
    return _condition(_tidied(name))


def _tidied(name: str) -> str:
    return name.strip().lower().removeprefix(".")


def endings_of(container: str, codec: str) -> list[str]:
    """The usual ending of a container, and the name of its coding if files go by that as well."""
    ending = next((name for name, held in CONTAINERS.items() if container in held), None)
    coding = [name for name, known in CODECS.items() if known == codec]
    return ([ending] if ending else []) + coding


def _condition(name: str) -> Clause:
    if name in CODECS:
        return Sound.codec == CODECS[name]
    if name in CONTAINERS:
        return Sound.format.in_(CONTAINERS[name])
    known = sorted({*CONTAINERS, *CODECS})
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"formats are {', '.join(known)}."
    raise InvalidRequest(f"'{name}' is no audio format that foundsound reads; {hint}")
