"""What embeds windows while a library is indexed: its model, or a process that has the same one."""

from collections.abc import Sequence
from typing import Protocol

from foundsound.embedding.embedder import Floats


class Ear(Protocol):
    """The hearing half of an embedder; every :class:`Embedder` is one."""

    @property
    def batch_windows(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""

    @property
    def batches_at_once(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""


class ClosableEar(Ear, Protocol):
    """One that holds something."""

    def close(self) -> None:
        """Give it free; a call that is under way fails."""
