"""From what a person names, files and ids, to ids of sounds."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from foundsound.errors import FileUnavailable, InvalidRequest, NotFound

if TYPE_CHECKING:
    from foundsound.settings import Settings

_SOUND_ID = re.compile(r"[0-9a-f]{32}")


def is_sound_id(text: str) -> bool:
    """Whether it looks like a content hash."""
    return _SOUND_ID.fullmatch(text) is not None


def sound_id_of(sound: str, settings: "Settings") -> str:
    """A file is known by its content, so that one that was moved or never named is found too.

    Raises:
        InvalidRequest: it is no id, and no file that can be read.
    """
    path = os.path.expanduser(sound)
    if is_sound_id(sound) and not os.path.exists(path):
        return sound
    from foundsound.catalog.identity import content_id

    try:
        return content_id(os.fsencode(path), settings.max_file_bytes)
    except FileUnavailable as error:
        raise InvalidRequest(f"{sound}: {error}") from error


@dataclass(frozen=True)
class Named:
    """A sound, and how a person named it."""

    sound_id: str
    said: str


def named_sounds(sounds: Sequence[str], found: str | None) -> list[Named]:
    """The sounds that files and ids name, and those of an earlier search, each once.

    Raises:
        InvalidRequest: one of them cannot be read.
    """
    from foundsound.cli.settings import command_settings

    settings = command_settings()
    named = {sound_id_of(sound, settings): sound for sound in sounds}
    for sound_id in found_ids(found, "--found") if found is not None else ():
        named.setdefault(sound_id, sound_id)
    return [Named(sound_id, said) for sound_id, said in named.items()]


@contextmanager
def naming(named: Sequence[Named]) -> Iterator[None]:
    """Errors that speak of a sound's id speak of the file that was named instead."""
    try:
        yield
    except (InvalidRequest, NotFound) as error:
        for each in named:
            if each.said != each.sound_id and each.sound_id in str(error):
                raise NotFound(
                    f"{each.said} is not in the library; index its folder first."
                ) from error
        raise


def found_ids(source: str, option: str) -> list[str]:
    """Ids from the JSON of an earlier search, takes that a hit stands for too, or from lines.

    Args:
        source: a file, or ``-`` for what comes in.

    Raises:
        InvalidRequest: it holds neither.
    """
    try:
        content = (
            sys.stdin.read() if source == "-" else Path(os.path.expanduser(source)).read_text()
        )
    except OSError as error:
        raise InvalidRequest(f"{option}: {source} cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise InvalidRequest(f"{option}: {source} is not text in UTF-8.") from error
    try:
        hits = json.loads(content)["hits"]
        ids = [str(id_) for hit in hits for id_ in (hit["sound_id"], *hit.get("takes", ()))]
    except (ValueError, TypeError, KeyError):
        ids = content.split()
    if not all(map(is_sound_id, ids)):
        raise InvalidRequest(
            f"{option}: {source} holds neither the JSON of a search nor sound ids, one a line."
        )
    return ids
