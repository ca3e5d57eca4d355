"""The seam between CLAP and what runs it: an audio tower and a text tower.

A runtime (torch, OpenVINO, onnxruntime) is a pair of these. The front-end before them and the
scaling to unit length after them are the same for all.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

Ids = NDArray[np.int64]
Mel = Any
"""Log-mel as the runtime's front-end makes it: a tensor on a GPU, an array on a processor. Torch's
own type would make every runtime import torch."""


class AudioTower(Protocol):
    """Log-mel to embedding."""

    @property
    def name(self) -> str:
        """Runtime and number format, for example ``torch-fp32``."""

    def embed(self, mel: Mel) -> Floats:
        """Decibels, float32 ``[n, channels, 1001, 64]``, to float32 ``[n, dim]``.

        Raises:
            torch.OutOfMemoryError: the batch does not fit; a smaller one may.
        """


class FrontEnd(Protocol):
    """Sound to log-mel."""

    def __call__(self, windows: Sequence[Floats]) -> Mel:
        """Mono windows at 48 kHz, float32 ``[samples]``, to decibels ``[n, channels, 1001, 64]``.

        Raises:
            ModelError: a window is empty or longer than 10 s.
        """


class Tokenize(Protocol):
    """Texts to token ids."""

    def __call__(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, int64 ``[n, longest]``, padded on the right."""


class TextTower(Protocol):
    """Token ids to embedding."""

    @property
    def name(self) -> str:
        """Runtime and number format."""

    def embed(self, ids: Ids, mask: Ids) -> Floats:
        """Padded ids and their mask (1 = a token), int64 ``[n, tokens]``; float32 ``[n, dim]``."""
