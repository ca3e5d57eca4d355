"""Embeds files in memory, by the path that indexing takes: decode, windows, merged neighbours."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from foundsound.audio.bounds import Bounds, file_bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import Window, cut_windows
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.sound_vector import sound_vector
from foundsound.embedding.space import EmbeddedSpan, merge_neighbours
from foundsound.errors import AudioError, FileUnavailable, OutOfBounds
from foundsound.evaluation.sounds import Problems, Sound
from foundsound.evaluation.vectors import SoundVectors
from foundsound.settings import Settings

TEXTS_AT_ONCE = 256


@dataclass
class Embedded:
    """What one model made of the sounds: vectors by sound id, files it could not use, seconds."""

    vectors: dict[str, SoundVectors] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    audio_s: dict[str, float] = field(default_factory=dict)  # length of each sound
    seconds: float = 0.0  # wall-clock, decoding included


class SoundEmbedder:
    """Embeds sounds one after another; windows of several go to the model in one call. One use.

    Memory holds the vectors and one batch of windows: audio is streamed.

    Raises (from :meth:`run`):
        ModelError: the model's files are missing or damaged.
    """

    def __init__(self, embedder: Embedder, settings: Settings) -> None:
        self._embedder = embedder
        self._bounds: Bounds = file_bounds(settings)
        self._batch: list[tuple[str, Window]] = []
        self._spans: dict[str, list[EmbeddedSpan]] = {}
        self._decoded: list[Sound] = []  # to their ends; some of their windows are in the batch
        self._done = Embedded()

    def run(self, sounds: Sequence[Sound], tick: Callable[[], None]) -> Embedded:
        """Embed every sound; ``tick`` is called after each. What is wrong with one is its own."""
        started = time.perf_counter()
        for sound in sounds:
            self._spans[sound.id] = []
            try:
                self._done.audio_s[sound.id] = self._decode(sound)
                self._decoded.append(sound)
            except (AudioError, FileUnavailable, OutOfBounds) as error:
                self._leave_out(sound, str(error))
            except OSError as error:
                self._leave_out(sound, f"The file cannot be read: {error.strerror}.")
            tick()
        self._embed()
        assert not self._spans  # every sound has its vectors or its reason
        self._done.seconds = time.perf_counter() - started
        return self._done

    def _decode(self, sound: Sound) -> float:
        """Hand every window over; returns the length in seconds."""
        rate = self._embedder.sample_rate
        with MonoStream(os.fsencode(sound.paths[0]), rate, self._bounds) as stream:
            for window in cut_windows(stream.blocks(), rate, self._embedder.window_s):
                self._batch.append((sound.id, window))
                if len(self._batch) >= self._embedder.batch_windows:
                    self._embed()
            return stream.duration_s

    def _embed(self) -> None:
        batch, self._batch = self._batch, []
        decoded, self._decoded = self._decoded, []
        if batch:
            vectors = self._embedder.embed_audio([window.samples for _, window in batch])
            for (id_, window), vector in zip(batch, vectors, strict=True):
                self._spans[id_].append(EmbeddedSpan(window.start_s, window.end_s, vector))
        for sound in decoded:
            self._finish(sound, self._spans.pop(sound.id))

    def _leave_out(self, sound: Sound, reason: str) -> None:
        self._batch = [item for item in self._batch if item[0] != sound.id]
        self._spans.pop(sound.id, None)
        self._done.audio_s.pop(sound.id, None)
        for path in sound.paths:
            self._done.problems[path] = reason

    def _finish(self, sound: Sound, spans: Sequence[EmbeddedSpan]) -> None:
        # A clip as a query is the mean of all its windows, as in search; merging comes after.
        clip = sound_vector(np.stack([span.vector for span in spans]))
        windows = np.stack([span.vector for span in merge_neighbours(spans)])
        if np.isfinite(windows).all() and np.isfinite(clip).all():
            self._done.vectors[sound.id] = SoundVectors(windows, clip)
        else:
            self._leave_out(sound, "The samples are so far out of range that it is not heard.")


def embed_texts(embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Unit vectors of the texts, float32 ``[n, dim]``.

    Raises:
        ModelError: the model's files are missing or damaged.
    """
    parts = [
        embedder.embed_text(texts[first : first + TEXTS_AT_ONCE])
        for first in range(0, len(texts), TEXTS_AT_ONCE)
    ]
    return np.concatenate(parts)
