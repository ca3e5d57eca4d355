"""What comes out of reading and decoding a file."""

from dataclasses import dataclass

from foundsound.analysis.sound_analysis import Heard
from foundsound.audio.windows import Window
from foundsound.catalog.sounds import SoundFacts
from foundsound.metadata.sound_metadata import SoundMetadata
from ingest.reconcile import WorkItem


@dataclass(frozen=True)
class Claimed:
    """A content is going to be decoded: windows follow."""

    item: WorkItem
    sound_id: str


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


Event = Claimed | Windowed | Decoded | Known | Refused | Unreadable
