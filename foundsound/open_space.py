"""A space that is open: its model and its vectors, and who is using them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.ear import ClosableEar, Ear
from foundsound.embedding.embedder import Embedder
from foundsound.errors import LibraryBusy
from foundsound.vectors.index import VectorIndex


class OpenSpace:
    """One embedding space of an open library.

    Args:
        id: of its row in the catalogue.
        key: everything that decides a vector, see
            :func:`~foundsound.embedding.space.space_key`.
        embedder: makes its vectors.
        vectors: holds them; closed with the space.
        closed: called once they are closed.
        own_ear: embeds windows in the embedder's place; closed with the space.

    ``calibration`` says how its scores are to be read; None until it is measured, see
    ``calibrate.py``.
    """

    def __init__(
        self,
        id: int,
        key: str,
        embedder: Embedder,
        vectors: VectorIndex,
        closed: Callable[[], object],
        own_ear: ClosableEar | None = None,
    ) -> None:
        self.id = id
        self.key = key
        self.embedder = embedder
        self.vectors = vectors
        self.calibration: Calibration | None = None
        self._closed = closed
        self._own_ear = own_ear
        self._users = 0
        self._ended = False
        self._changed = threading.Condition()

    @property
    def ear(self) -> Ear:
        """What embeds windows while the library is indexed."""
        return self._own_ear or self.embedder

    @contextmanager
    def in_use(self) -> Iterator["OpenSpace"]:
        """Keep the vectors open while the body runs, whatever replaces the space meanwhile.

        Raises:
            LibraryBusy: they are being closed already.
        """
        with self._changed:
            if self._ended:
                raise LibraryBusy("The library is changing its model now; try again.")
            self._users += 1
        try:
            yield self
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Close the vectors once nobody uses them."""
        with self._changed:
            self._changed.wait_for(lambda: self._users == 0)
            self._ended = True
        if self._own_ear is not None:
            self._own_ear.close()
        self.vectors.close()
        self._closed()
