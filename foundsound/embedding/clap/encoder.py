"""What the lazy embedder needs of loaded weights; importing this imports no torch."""

from collections.abc import Sequence
from typing import Protocol

from foundsound.embedding.embedder import Floats


class Encoder(Protocol):
    """Loaded weights that turn windows and texts into vectors."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def sample_rate(self) -> int:
        """Rate, in Hz, of the windows."""

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """At least one window, each float32 ``[samples]``, to float32 ``[n, dim]``, unit length."""

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """At least one text to float32 ``[n, dim]``, unit length."""
