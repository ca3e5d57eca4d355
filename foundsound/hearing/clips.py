"""The windows of an audio file, or of a stretch of it, that is no sound of the library."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np

from foundsound.audio.bounds import Bounds, clip_bounds, stretch_bounds
from foundsound.audio.clip_decoder import ClipDecoder
from foundsound.audio.windows import cut_windows
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.errors import AudioError, InvalidRequest, OutOfBounds
from foundsound.hearing.scoring import Span
from foundsound.settings import Settings

SILENCE = 10 ** (-70 / 20)  # of full scale: an analysis calls what is below -70 LUFS silent


@dataclass(frozen=True)
class Clip:
    """A file that comes with a request.

    Args:
        path: opens it.
        name: what a person calls it, for messages.
    """

    path: bytes
    name: str


class Stretch(Protocol):
    """What part of a sound is meant."""

    @property
    def start_s(self) -> float | None:
        """Where it starts; None: the beginning."""

    @property
    def end_s(self) -> float | None:
        """Where it ends; None: the end."""

    @property
    def whole(self) -> bool:
        """True when no stretch was chosen."""


@dataclass(frozen=True)
class Windows:
    """A sound's windows: float32 ``[n, dim]``, unit length, n > 0, and where each lies."""

    vectors: Floats
    spans: list[Span]
    silent: bool = False  # nothing in it is louder than ``SILENCE``


class ClipWindows:
    """Embeds audio files, or stretches of them. Thread-safe.

    Memory is bounded: a clip is no longer than ``settings.max_query_audio_s``.
    """

    def __init__(self, settings: Settings, decoder: ClipDecoder) -> None:
        self._settings = settings
        self._decoder = decoder

    def embed(self, embedder: Embedder, path: bytes, stretch: Stretch) -> Windows:
        """The windows' vectors; spans count from the beginning of the file.

        Raises:
            AudioError, OutOfBounds: no usable audio, or too much of it.
            FileUnavailable: it cannot be opened.
            InvalidRequest: the stretch lies beyond the end.
            ModelError: the model failed.
        """
        rate = embedder.sample_rate
        first_s = stretch.start_s or 0.0
        vectors: list[Floats] = []
        spans: list[Span] = []
        peak = 0.0
        decoded = self._decoder.blocks(
            path, rate, self._bounds(stretch), stretch.start_s, stretch.end_s
        )
        with closing(decoded) as blocks:
            samples = blocks if stretch.whole else self._bounded(blocks, rate)
            windows = cut_windows(samples, rate, embedder.window_s)
            while batch := list(islice(windows, embedder.batch_windows)):
                vectors.append(embedder.embed_audio([window.samples for window in batch]))
                peak = max(peak, *(float(np.abs(w.samples).max()) for w in batch))
                spans += [Span(first_s + w.start_s, first_s + w.end_s) for w in batch]
        if not vectors:
            raise InvalidRequest(f"The stretch from {first_s:g} s lies beyond the end of the clip.")
        found = np.concatenate(vectors)
        if not np.isfinite(found).all():
            raise AudioError("The clip's samples are too far out of range to be compared.")
        return Windows(found, spans, silent=peak < SILENCE)

    def _bounds(self, stretch: Stretch) -> Bounds:
        """A stretch of a long recording is no longer than itself; :meth:`_bounded` bounds it."""
        return clip_bounds(self._settings) if stretch.whole else stretch_bounds(self._settings)

    def _bounded(self, blocks: Iterator[Floats], rate: int) -> Iterator[Floats]:
        longest_s, given = self._settings.max_query_audio_s, 0
        for block in blocks:
            given += len(block)
            if given > longest_s * rate:
                raise OutOfBounds(f"The stretch is longer than the limit of {longest_s:.0f} s.")
            yield block
