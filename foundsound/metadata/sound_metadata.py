"""What a file says of its sound, whatever the format it says it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

METADATA_VERSION = 1  # raise it when reading gets better: every sound is then read again


@dataclass(frozen=True)
class SoundMetadata:
    """A sound's metadata; None is what the file does not say.

    How the audio is coded (rate, channels, bit depth) is no metadata but a fact of decoding, and
    the file's name belongs to its location: see :mod:`foundsound.metadata.ucs_name`.
    """

    description: str | None = None
    title: str | None = None
    originator: str | None = None  # who made it: artist, designer, recordist
    library: str | None = None  # library or album that it comes from
    date: str | None = None  # as in the file; YYYY-MM-DD where it is one
    comment: str | None = None
    keywords: tuple[str, ...] = ()
    category: str | None = None
    subcategory: str | None = None
    cat_id: str | None = None  # UCS CatID, as the standard spells it
    project: str | None = None
    scene: str | None = None
    take: str | None = None
    bpm: float | None = None  # beats a minute
    key: str | None = None  # musical key, such as "Am"
    # All that has no field above, by namespaced key: "bext.umid", "ixml.SPEED.NOTE", "info.ICOP".
    extra: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None  # what could not be read, in a sentence
