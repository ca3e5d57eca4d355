"""What every decoder looks like: facts first, then a stream of blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BLOCK_VALUES = 2**16  # frames x channels in one block: 256 KiB of float32


@dataclass(frozen=True)
class AudioFacts:
    """What a file says of itself before it is decoded."""

    format: str  # container, e.g. "WAV"
    codec: str  # sample encoding, e.g. "PCM_24"
    sample_rate: int  # Hz
    channels: int
    declared_s: float | None  # seconds the header promises; None when it promises nothing


class AudioReader(Protocol):
    """An open file; a context manager that closes it."""

    @property
    def facts(self) -> AudioFacts:
        """What the header says."""

    def blocks(self) -> Iterator[Floats]:
        """Yield float32 ``[frames, channels]`` blocks, full scale = 1.0.

        Raises:
            AudioError: the content is damaged.
        """

    def close(self) -> None:
        """Release the file."""


def block_frames(channels: int) -> int:
    """Frames in a block of ``channels`` so that memory stays bounded."""
    return max(1, BLOCK_VALUES // channels)
