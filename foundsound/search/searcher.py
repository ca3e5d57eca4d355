"""The one search path: CLI, API and everything else come through here."""

import threading
import time
from collections.abc import Iterator
from itertools import islice

import numpy as np

from foundsound.audio.bounds import clip_bounds
from foundsound.audio.windows import cut_windows
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import SoundDetails, sounds_by_id
from foundsound.catalog.spaces import embedded_models, has_windows
from foundsound.embedding.embedder import Embedder, Floats, unit_length
from foundsound.errors import AudioError, InvalidRequest, ModelError
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.results import Hit, SearchResult
from foundsound.vectors.grouping import nearest_sounds
from foundsound.vectors.index import WindowHit

DEFAULT_LIMIT = 10
CLIPS_AT_ONCE = 2


class Searcher:
    """Answers queries over an open library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        # Decoding is heavy: many uploads at once wait for each other and not for memory.
        self._clips = threading.BoundedSemaphore(CLIPS_AT_ONCE)

    def warm(self) -> None:
        """Load the text encoder, so that the first query does not wait for it."""
        with self._library.searching() as space:
            space.embedder.embed_text(["a sound"])

    def by_text(self, text: str, limit: int = DEFAULT_LIMIT) -> SearchResult:
        """Sounds that fit a description.

        Raises:
            InvalidRequest: no text, too much of it, or a limit out of range.
            ModelError, LibraryError: the model or the library failed.
        """
        started = time.perf_counter()
        self._check_limit(limit)
        text = self._checked_text(text)
        with self._library.searching() as space:
            vector = space.embedder.embed_text([text])[0]
            return self._result(space, vector, limit, started)

    def by_clip(self, path: bytes, limit: int = DEFAULT_LIMIT) -> SearchResult:
        """Sounds that resemble a reference clip: the mean of its windows' vectors is the query.

        Raises:
            InvalidRequest: a limit out of range.
            AudioError, OutOfBounds: the clip is no usable audio, or too long.
            FileUnavailable: the clip cannot be opened.
            ModelError, LibraryError: the model or the library failed.
        """
        started = time.perf_counter()
        self._check_limit(limit)
        with self._library.searching() as space:
            with self._clips:
                vector = self._clip_vector(space.embedder, path)
            if not np.isfinite(vector).all():
                raise AudioError("The clip's samples are too far out of range to be compared.")
            return self._result(space, vector, limit, started)

    def _clip_vector(self, embedder: Embedder, path: bytes) -> Floats:
        from foundsound.audio.decode import MonoStream  # a text query needs no decoder

        bounds = clip_bounds(self._library.settings)
        total = np.zeros(embedder.dim, np.float32)
        with MonoStream(path, embedder.sample_rate, bounds) as stream:
            windows = cut_windows(stream.blocks(), embedder.sample_rate, embedder.window_s)
            while batch := list(islice(windows, embedder.batch_windows)):
                total += embedder.embed_audio([window.samples for window in batch]).sum(axis=0)
        return unit_length(total)

    def _result(self, space: OpenSpace, vector: Floats, limit: int, started: float) -> SearchResult:
        hits = list(islice(self._hydrated(space, vector, limit), limit))
        if not hits:
            self._check_embedded(space)
        took_ms = (time.perf_counter() - started) * 1000
        return SearchResult(hits=hits, model=space.embedder.name, took_ms=took_ms)

    def _hydrated(self, space: OpenSpace, vector: Floats, limit: int) -> Iterator[Hit]:
        """Hits with their details; a sound without a file at hand is passed over."""
        found = nearest_sounds(space.vectors, vector, limit)
        while page := list(islice(found, limit)):
            with self._library.catalog.read() as session:
                details = sounds_by_id(session, [hit.sound_id for hit in page])
            for hit in page:
                sound = details.get(hit.sound_id)
                if sound is not None and sound.paths and sound.facts is not None:
                    yield _hit(hit, sound)

    def _check_embedded(self, space: OpenSpace) -> None:
        """Tell a library that another model embedded from one that is empty."""
        with self._library.catalog.read() as session:
            models = embedded_models(session)
            if not models or has_windows(session, space.id):
                return
        used, wanted = models[-1], space.embedder.name
        choice = f"search with --model {used}, or " if used != wanted else ""
        raise ModelError(
            f"The library was embedded by another model ({used}) than this one ({wanted}, "
            f"{space.embedder.version}): {choice}run 'foundsound model use {wanted}'."
        )

    def _check_limit(self, limit: int) -> None:
        highest = self._library.settings.max_limit
        if not 1 <= limit <= highest:
            raise InvalidRequest(f"The limit must lie between 1 and {highest}, not {limit}.")

    def _checked_text(self, text: str) -> str:
        text = " ".join(text.split())
        longest = self._library.settings.max_query_chars
        if not text:
            raise InvalidRequest("The query is empty; describe a sound, such as 'rain on a roof'.")
        if any("\ud800" <= c <= "\udfff" for c in text):  # half of a character, or bytes
            raise InvalidRequest("The query holds characters that are not valid Unicode.")
        if len(text) > longest:
            raise InvalidRequest(
                f"The query has {len(text):,} characters; the most is {longest:,}. "
                "A sentence is enough."
            )
        return text


def _hit(window: WindowHit, sound: SoundDetails) -> Hit:
    assert sound.facts is not None  # checked by the caller
    return Hit(
        sound_id=sound.id,
        path=path_text(sound.paths[0]),
        score=window.score,
        start_s=window.start_s,
        end_s=window.end_s,
        duration_s=sound.facts.duration_s,
        sample_rate=sound.facts.sample_rate,
        channels=sound.facts.channels,
        format=sound.facts.format,
    )
