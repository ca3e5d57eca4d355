"""The seam between CLAP and what runs it: an audio tower and a text tower.

A runtime (torch, OpenVINO, onnxruntime) is a pair of these. The front-end before them and the
scaling to unit length after them are the same for all.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

if TYPE_CHECKING:
    import torch

Ids = NDArray[np.int64]


class AudioTower(Protocol):
    """Log-mel to embedding."""

    @property
    def name(self) -> str:
        """Runtime and number format, for example ``torch-fp32``."""

    @property
    def device(self) -> "torch.device":
        """Where it wants the log-mel."""

    def embed(self, mel: "torch.Tensor") -> Floats:
        """Decibels, float32 ``[n, channels, 1001, 64]``, to float32 ``[n, dim]``.

        Raises:
            torch.OutOfMemoryError: the batch does not fit; a smaller one may.
        """


class TextTower(Protocol):
    """Token ids to embedding."""

    @property
    def name(self) -> str:
        """Runtime and number format."""

    def embed(self, ids: Ids, mask: Ids) -> Floats:
        """Padded ids and their mask (1 = a token), int64 ``[n, tokens]``; float32 ``[n, dim]``."""
