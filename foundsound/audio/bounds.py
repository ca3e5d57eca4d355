"""How much of an untrusted file we are willing to take."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # decoding children start twice as fast without pydantic
    from foundsound.settings import Settings

QUERY_DECODE_S = 60.0  # a thread of the server's is taken meanwhile, and hours fit into few bytes


@dataclass(frozen=True)
class Bounds:
    """Limits on one file; what exceeds one is refused with a sentence."""

    file_bytes: int
    duration_s: float
    channels: int
    decode_s: float  # wall-clock seconds spent decoding


def file_bounds(settings: "Settings") -> Bounds:
    """The limits of a file in the library."""
    return Bounds(
        file_bytes=settings.max_file_bytes,
        duration_s=settings.max_duration_s,
        channels=settings.max_channels,
        decode_s=settings.max_decode_s,
    )


def clip_bounds(settings: "Settings") -> Bounds:
    """The limits of a reference clip."""
    return Bounds(
        file_bytes=settings.max_upload_bytes,
        duration_s=settings.max_query_audio_s,
        channels=settings.max_channels,
        decode_s=min(QUERY_DECODE_S, settings.max_decode_s),
    )


def stretch_bounds(settings: "Settings") -> Bounds:
    """The limits of a file of which a stretch is meant; how long that is, the caller bounds."""
    return replace(file_bounds(settings), decode_s=min(QUERY_DECODE_S, settings.max_decode_s))
