"""What comes out of reading and decoding a file."""

from dataclasses import dataclass

from foundsound.analysis.sound_analysis import Heard
from foundsound.audio.windows import Window
from foundsound.catalog.sounds import SoundFacts
from foundsound.metadata.sound_metadata import SoundMetadata
from ingest.work_item import WorkItem


@dataclass(frozen=True)
class Claimed:
    """A content is going to be decoded: windows follow."""

    item: WorkItem
    sound_id: str
    analysed: bool  # before, for another model


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
    metadata: SoundMetadata | None  # None: it could not be read now, but may be yet
    heard: Heard | None  # None: analysed before, or to be tried another time


@dataclass(frozen=True)
class Known:
    """The content is in the index: there is nothing to do."""

    item: WorkItem
    sound_id: str


@dataclass(frozen=True)
class Copy:
    """The content is on its way from another file of ours."""

    item: WorkItem
    sound_id: str


@dataclass(frozen=True)
class Elsewhere:
    """Another worker embeds the content, or has the file itself by now."""

    item: WorkItem


@dataclass(frozen=True)
class Refused:
    """The content is no usable audio."""

    item: WorkItem
    sound_id: str
    reason: str


@dataclass(frozen=True)
class Unreadable:
    """The file cannot be taken as things are now, and is tried again later.

    ``sound_id`` is empty when not even its hash is known.
    """

    item: WorkItem
    sound_id: str
    reason: str
    to_blame: bool = False  # the file: it crashes, hangs or floods its decoder


Event = Claimed | Windowed | Decoded | Known | Copy | Elsewhere | Refused | Unreadable
