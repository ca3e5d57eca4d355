"""Decodes in processes, embeds in batches, stores in groups: vectors first, then the rows.

The three go on side by side: while a batch is embedded, the next one fills and finished sounds are
stored. Batches are as large as what is decoded by then: the model never waits for a full one.

A crash or Ctrl-C at any point leaves every sound indexed with all its vectors, refused, or pending;
the next run goes on from there, and writing a vector twice changes nothing.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from foundsound.catalog.locations import mark_unreadable
from foundsound.catalog.metadata import save_metadata
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import SoundFacts, mark_failed, mark_indexed
from foundsound.embedding.space import EmbeddedSpan, merge_neighbours
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.open_space import OpenSpace
from foundsound.vectors.index import WindowPoint
from ingest.batch import Batch
from ingest.decoders import Decoders
from ingest.embed_stage import Embedded, EmbedStage
from ingest.events import Claimed, Decoded, Event, Known, Refused, Unreadable, Windowed
from ingest.reconcile import WorkItem

BATCH_BYTES = 256 * 2**20
WAIT_S = 0.1  # how long to wait for something to do before looking whether to stop
STORE_SOUNDS = 64  # sounds in one durable write
STORE_S = 2.0  # or as many as are ready after this time, so that a search finds them soon


@dataclass
class _Sound:
    """A sound on its way: its spans so far, and its facts once it is decoded to the end."""

    id: str
    item: WorkItem
    spans: list[EmbeddedSpan] = field(default_factory=list)
    waiting: int = 0  # windows handed over, but not embedded yet
    facts: SoundFacts | None = None
    metadata: SoundMetadata | None = None


class Pipeline:
    """Works off a list of files. One use.

    Args:
        library: open, owned by this process.
        space: what the sounds are embedded into.
        progress: counts, updated as the work goes on; ``listener`` is called after each update.
        stop: set it from anywhere to end the run early.
    """

    def __init__(
        self,
        library: Library,
        space: OpenSpace,
        progress: IndexProgress,
        listener: ProgressListener,
        stop: threading.Event,
    ) -> None:
        self._library = library
        self._space = space
        self._progress = progress
        self._listener = listener
        self._stop = stop
        self._batch = Batch(space.embedder.batch_windows, BATCH_BYTES)
        self._warmed = False
        self._sounds: dict[str, _Sound] = {}
        self._dropped: set[str] = set()  # refused after some of their windows were handed over
        self._ready: list[_Sound] = []
        self._refused: dict[str, str] = {}  # by sound: the reason
        self._copies: dict[str, list[WorkItem]] = {}  # further files with the same content
        self._stored_at = time.monotonic()

    def run(self, work: Sequence[WorkItem]) -> None:
        """Process every item, or as many as there is time for before ``stop`` is set.

        Raises:
            LibraryError, ModelError: the library or the model failed; finished work is kept.
        """
        threads = self._library.settings.thread_count
        capacity = 2 * self._space.embedder.batch_windows
        try:
            with (
                Decoders(self._library, self._space, work, threads, capacity) as decoders,
                EmbedStage(self._space.embedder, decoders.wake) as stage,
            ):
                while not (self._stop.is_set() or self._finished(decoders, stage)):
                    self._step(decoders, stage)
                self._take_in(stage.take_done(None))  # of a stopped run
        finally:
            self._store()

    def _finished(self, decoders: Decoders, stage: EmbedStage) -> bool:
        return decoders.finished and stage.idle and not self._batch

    def _step(self, decoders: Decoders, stage: EmbedStage) -> None:
        # Full: there is no place for more before the stage is free.
        self._take_in(stage.take_done(WAIT_S if self._batch.full else 0.0))
        if stage.idle and (self._batch.full or (self._batch and not decoders.waiting)):
            stage.start(self._batch.take())
        if not self._batch.full:
            event = decoders.next_event(WAIT_S)
            if isinstance(event, Claimed) and not self._warmed:
                stage.warm()
                self._warmed = True
            self._take(event)
        self._store_if_due()

    def _take(self, event: Event | None) -> None:
        match event:
            case Windowed():
                if event.sound_id not in self._dropped:
                    sound = self._sounds.setdefault(
                        event.sound_id, _Sound(event.sound_id, event.item)
                    )
                    sound.waiting += 1
                    self._batch.add(event)
            case Decoded():
                if event.sound_id not in self._dropped:
                    sound = self._sounds[event.sound_id]
                    sound.facts, sound.metadata = event.facts, event.metadata
                    self._move_if_ready(event.sound_id)
            case Known():
                self._take_known(event)
            case Refused():
                self._refuse(event.item, event.sound_id, event.reason)
            case Unreadable():
                self._put_off(event.item, event.sound_id, event.reason)

    def _take_known(self, event: Known) -> None:
        reason = self._refused.get(event.sound_id)
        if reason is not None:
            self._finish_with_problem(event.item, reason)
            return
        self._copies.setdefault(event.sound_id, []).append(event.item)
        self._progress.duplicates += 1
        self._finish(event.item)

    def _take_in(self, embedded: Embedded) -> None:
        for event, vector in embedded:
            sound = self._sounds.get(event.sound_id)
            if sound is None:
                continue  # an earlier window of this batch made it refused
            sound.waiting -= 1
            if not np.isfinite(vector).all():
                reason = "The samples are so far out of range that the model cannot hear them."
                self._put_off(event.item, event.sound_id, reason)
                continue
            sound.spans.append(EmbeddedSpan(event.window.start_s, event.window.end_s, vector))
            self._move_if_ready(event.sound_id)

    def _move_if_ready(self, sound_id: str) -> None:
        sound = self._sounds[sound_id]
        if sound.facts is not None and sound.waiting == 0:
            self._ready.append(self._sounds.pop(sound_id))

    def _store_if_due(self) -> None:
        due = time.monotonic() - self._stored_at > STORE_S
        if len(self._ready) >= STORE_SOUNDS or (self._ready and due):
            self._store()

    def _store(self) -> None:
        ready, self._ready = self._ready, []
        self._stored_at = time.monotonic()
        if not ready:
            return
        points = {sound.id: _points(sound) for sound in ready}
        self._space.vectors.upsert([point for of_one in points.values() for point in of_one])
        with self._library.catalog.write() as session:
            for sound in ready:
                windows = len(points[sound.id])
                mark_indexed(session, sound.id, self._space.id, _facts(sound), windows)
                if sound.metadata is not None:
                    save_metadata(session, sound.id, sound.metadata)
        self._library.refresh_words(most=STORE_SOUNDS)  # a search finds them by name as well
        for sound in ready:
            self._progress.embedded += 1
            self._progress.audio_s += _facts(sound).duration_s
            self._finish(sound.item)

    def _refuse(self, item: WorkItem, sound_id: str, reason: str) -> None:
        self._drop(sound_id)
        with self._library.catalog.write() as session:
            mark_failed(session, sound_id, reason)
        self._finish_with_problem(item, reason)
        self._refused[sound_id] = reason
        for copy in self._copies.pop(sound_id, []):  # taken for good copies until now
            self._progress.duplicates -= 1
            self._progress.add_problem(path_text(copy.path), reason)

    def _put_off(self, item: WorkItem, sound_id: str, reason: str) -> None:
        """Something is wrong that may be better on the next run."""
        self._drop(sound_id)
        with self._library.catalog.write() as session:
            mark_unreadable(session, item.location_id, reason)
        self._finish_with_problem(item, reason)

    def _drop(self, sound_id: str) -> None:
        self._dropped.add(sound_id)
        self._sounds.pop(sound_id, None)
        self._batch.drop(sound_id)

    def _finish_with_problem(self, item: WorkItem, reason: str) -> None:
        self._progress.add_problem(path_text(item.path), reason)
        self._finish(item)

    def _finish(self, item: WorkItem) -> None:
        self._progress.files_done += 1
        self._progress.bytes_done += item.size
        self._listener(self._progress)


def _facts(sound: _Sound) -> SoundFacts:
    assert sound.facts is not None  # only sounds decoded to the end are stored
    return sound.facts


def _points(sound: _Sound) -> list[WindowPoint]:
    # Resampling may round the end up by a sample; no window ends after its sound.
    duration_s = _facts(sound).duration_s
    return [
        WindowPoint(sound.id, index, span.start_s, min(span.end_s, duration_s), span.vector)
        for index, span in enumerate(merge_neighbours(sound.spans))
    ]
