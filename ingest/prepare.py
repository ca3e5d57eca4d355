"""The part of the work that many threads do at once: read, hash, decode, cut into windows."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from foundsound.audio.bounds import file_bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import Window, cut_windows
from foundsound.catalog.identity import content_id
from foundsound.catalog.sounds import SoundFacts, claim_sound, refusal
from foundsound.errors import AudioError, FileUnavailable, OutOfBounds
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.claims import Claims
from ingest.reconcile import WorkItem


@dataclass(frozen=True)
class Windowed:
    """One window of a sound, to be embedded."""

    item: WorkItem
    sound_id: str
    window: Window


@dataclass(frozen=True)
class Decoded:
    """All windows of a sound have been handed over."""

    item: WorkItem
    sound_id: str
    facts: SoundFacts


@dataclass(frozen=True)
class Known:
    """The content needs no embedding: it is in the index, or on its way from another path."""

    item: WorkItem
    sound_id: str


@dataclass(frozen=True)
class Refused:
    """The content is no usable audio."""

    item: WorkItem
    sound_id: str
    reason: str


@dataclass(frozen=True)
class Unreadable:
    """The file cannot be taken as things are now, and is tried again on the next run.

    ``sound_id`` is empty when not even its hash is known.
    """

    item: WorkItem
    sound_id: str
    reason: str


Event = Windowed | Decoded | Known | Refused | Unreadable


def prepare(
    library: Library,
    space: OpenSpace,
    item: WorkItem,
    claims: Claims,
    hand_over: Callable[[Event], None],
    check: Callable[[], None],
) -> None:
    """Turn one file into events; whatever is wrong with it ends as one of them.

    ``check`` is called now and then; what it raises ends the work on this file.
    """
    try:
        _check_unchanged(item)
        sound_id = content_id(item.path, library.settings.max_file_bytes, check)
    except (OSError, FileUnavailable) as error:
        hand_over(Unreadable(item, "", _reason(error)))
        return
    with library.catalog.write() as session:
        wanted = claim_sound(session, item.location_id, sound_id, item.size, space.id)
        refused = refusal(session, sound_id)
    # A file that was touched is given another try: its owner may have reason to hope.
    if refused is not None and not item.changed:
        hand_over(Refused(item, sound_id, refused))
    elif wanted and claims.take(sound_id):
        hand_over(_decode(library, space, item, sound_id, hand_over))
    else:
        hand_over(Known(item, sound_id))


def _decode(
    library: Library,
    space: OpenSpace,
    item: WorkItem,
    sound_id: str,
    hand_over: Callable[[Event], None],
) -> Event:
    """Hand over the file's windows; returns the event that ends it."""
    rate, window_s = space.embedder.sample_rate, space.embedder.window_s
    try:
        with MonoStream(item.path, rate, file_bounds(library.settings)) as stream:
            for window in cut_windows(stream.blocks(), rate, window_s):
                hand_over(Windowed(item, sound_id, window))
            header = stream.facts
            facts = SoundFacts(
                duration_s=stream.duration_s,
                sample_rate=header.sample_rate,
                channels=header.channels,
                format=header.format,
                codec=header.codec,
            )
        _check_unchanged(item)
        return Decoded(item, sound_id, facts)
    except AudioError as error:
        return Refused(item, sound_id, str(error))
    except (OSError, FileUnavailable, OutOfBounds) as error:
        return Unreadable(item, sound_id, _reason(error))


def _check_unchanged(item: WorkItem) -> None:
    status = os.stat(item.path)
    if (status.st_size, status.st_mtime_ns) != (item.size, item.mtime_ns):
        raise FileUnavailable("The file is changing while it is read; the next run takes it.")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"The file cannot be read: {error.strerror}."
    return str(error)
