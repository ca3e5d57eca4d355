"""The Embedder protocol: what every model looks like to the rest of foundsound."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Embedder(Protocol):
    """A joint text-audio model. Implementations load their weights lazily, once, thread-safely.

    Audio and text vectors lie in one space: unit length, compared by cosine.
    """

    @property
    def name(self) -> str:
        """What a person calls the model, for example ``starter``."""

    @property
    def version(self) -> str:
        """Identifies the vectors: weights, front-end and pooling; a change means a new space."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def sample_rate(self) -> int:
        """Rate, in Hz, of the mono audio that ``embed_audio`` takes."""

    @property
    def window_s(self) -> float:
        """Longest stretch, in seconds, that becomes one vector."""

    @property
    def batch_windows(self) -> int:
        """Windows that make one efficient call; several times as many may wait in memory."""

    @property
    def batches_at_once(self) -> int:
        """Calls side by side that are faster than one after the other: 1 on a processor."""

    @property
    def logit_scale(self) -> float:
        """By what cosines are multiplied before a softmax over texts: 1 / temperature."""

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """Embed mono windows, each float32 ``[samples]``, at most ``window_s`` long.

        Called with none, a model loads what it needs for audio, before the first window is there.

        Returns:
            float32 ``[n, dim]``, rows of unit length. A row never depends on its batch-mates.

        Raises:
            ModelError: the model's files are missing or damaged.
        """

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """Embed descriptions.

        Returns:
            float32 ``[n, dim]``, rows of unit length.

        Raises:
            ModelError: the model's files are missing or damaged.
        """


def unit_length(vectors: Floats) -> Floats:
    """Scale rows of ``[n, dim]`` to length 1; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
