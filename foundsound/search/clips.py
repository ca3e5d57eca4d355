"""Audio that comes with a query, or lies in the library, as one vector."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from foundsound.audio.bounds import Bounds, clip_bounds, file_bounds
from foundsound.audio.windows import cut_windows
from foundsound.embedding.embedder import Embedder, Floats, unit_length
from foundsound.errors import AudioError, InvalidRequest, OutOfBounds
from foundsound.search.query.parts import ClipPart, ItemPart
from foundsound.settings import Settings

CLIPS_AT_ONCE = 2


@dataclass(frozen=True)
class Clip:
    """A file to search by.

    Args:
        path: opens it.
        name: what a person calls it, for messages.
    """

    path: bytes
    name: str


class ClipVectors:
    """Embeds audio files, or stretches of them, for queries. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Decoding is heavy: many uploads at once wait for each other and not for memory.
        self._turns = threading.BoundedSemaphore(CLIPS_AT_ONCE)

    def embed(self, embedder: Embedder, path: bytes, part: ClipPart | ItemPart) -> Floats:
        """The mean of the windows' vectors, float32 ``[dim]``, unit length.

        Raises:
            AudioError, OutOfBounds: no usable audio, or too much of it.
            FileUnavailable: it cannot be opened.
            InvalidRequest: the stretch lies beyond the end.
            ModelError: the model failed.
        """
        from foundsound.audio.decode import MonoStream  # a text query needs no decoder

        rate = embedder.sample_rate
        total, count = np.zeros(embedder.dim, np.float32), 0
        with self._turns, MonoStream(path, rate, self._bounds(part)) as stream:
            blocks = stream.blocks()
            samples = blocks if part.whole else self._stretch(blocks, rate, part)
            windows = cut_windows(samples, rate, embedder.window_s)
            while batch := list(islice(windows, embedder.batch_windows)):
                total += embedder.embed_audio([window.samples for window in batch]).sum(axis=0)
                count += len(batch)
        if not count:
            raise InvalidRequest(
                f"The stretch from {part.start_s or 0:g} s lies beyond the end of the clip."
            )
        if not np.isfinite(total).all():
            raise AudioError("The clip's samples are too far out of range to be compared.")
        return unit_length(total)

    def _bounds(self, part: ClipPart | ItemPart) -> Bounds:
        """A stretch of a long recording is no longer than itself; :meth:`_stretch` bounds it."""
        return clip_bounds(self._settings) if part.whole else file_bounds(self._settings)

    def _stretch(
        self, blocks: Iterator[Floats], rate: int, part: ClipPart | ItemPart
    ) -> Iterator[Floats]:
        """The samples from ``start_s`` to ``end_s``; nothing after them is decoded."""
        first = round((part.start_s or 0.0) * rate)
        last = None if part.end_s is None else max(round(part.end_s * rate), first + 1)
        longest_s = self._settings.max_query_audio_s
        at = given = 0
        for block in blocks:
            inside = block[max(first - at, 0) : None if last is None else max(last - at, 0)]
            at += len(block)
            given += len(inside)
            if given > longest_s * rate:
                raise OutOfBounds(f"The stretch is longer than the limit of {longest_s:.0f} s.")
            if len(inside):
                yield inside
            if last is not None and at >= last:
                return
