"""The part of a model that makes vectors; a lazy embedder loads one, the self-check looks at it."""

from collections.abc import Sequence
from typing import Protocol

from foundsound.embedding.embedder import Floats


class Encoder(Protocol):
    """Turns windows and texts into vectors: every embedder, and the loaded weights of CLAP."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def sample_rate(self) -> int:
        """Rate, in Hz, of the windows."""

    @property
    def logit_scale(self) -> float:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """At least one window, each float32 ``[samples]``, to float32 ``[n, dim]``, unit length."""

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """At least one text to float32 ``[n, dim]``, unit length."""
