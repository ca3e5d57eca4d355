"""Decodes in processes, embeds in batches, stores in groups: vectors first, then the rows.

The three go on side by side: while a batch is embedded, the next one fills and finished sounds are
stored. Batches are as large as what is decoded by then: the model never waits for a full one.

A crash or Ctrl-C at any point leaves every sound indexed with all its vectors, refused, or pending;
whoever claims its file next goes on from there, and writing a vector twice changes nothing. Nothing
is kept in memory of what is done.
"""

import time
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from sqlalchemy.orm import Session

from foundsound.analysis.sound_analysis import Heard
from foundsound.catalog.analysis import save_analysis
from foundsound.catalog.metadata import save_metadata
from foundsound.catalog.paths import path_text
from foundsound.catalog.quarantine import absolve_copies
from foundsound.catalog.sounds import (
    IndexedSound,
    SoundFacts,
    ensure_sounds,
    mark_failed,
    mark_indexed,
)
from foundsound.embedding.space import EmbeddedSpan, merge_neighbours
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metrics import AUDIO_SECONDS, FAILURES, FILES
from foundsound.open_space import OpenSpace
from foundsound.tracing import span
from foundsound.vectors.index import WindowPoint
from ingest.batch import Batch
from ingest.decoders import Decoders
from ingest.embed_stage import Embedded, EmbedStage
from ingest.events import (
    Claimed,
    Copy,
    Decoded,
    Elsewhere,
    Event,
    Known,
    Refused,
    Unreadable,
    Windowed,
)
from ingest.leases import Leases
from ingest.suggesting import Suggesting
from ingest.work_item import WorkItem

BATCH_BYTES = 256 * 2**20
WAIT_S = 0.1  # how long to wait for something to do before looking whether to stop
STORE_SOUNDS = 64  # sounds in one durable write
STORE_S = 2.0  # or as many as are ready after this time, so that a search finds them soon
ELSEWHERE_S = 5.0  # until a content that another worker embeds is asked for again


@dataclass
class _Sound:
    """A sound on its way: its spans so far, and its facts once it is decoded to the end."""

    id: str
    item: WorkItem
    spans: list[EmbeddedSpan] = field(default_factory=list)
    waiting: int = 0  # windows handed over, but not embedded yet
    facts: SoundFacts | None = None
    metadata: SoundMetadata | None = None
    heard: Heard | None = None
    copies: list[WorkItem] = field(default_factory=list)  # further files with the same content


class StopSign(Protocol):
    """What ends a run early; a ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """True as soon as it shall end."""


class Pipeline:
    """Works off what ``leases`` claims, until there is nothing left to claim. One use.

    Args:
        library: open in this process.
        space: what the sounds are embedded into.
        leases: entered; the caller leaves it after the run.
        progress: counts, updated as the work goes on; ``listener`` is called after each update.
        stop: set it from anywhere to end the run early.
    """

    def __init__(
        self,
        library: Library,
        space: OpenSpace,
        leases: Leases,
        progress: IndexProgress,
        listener: ProgressListener,
        stop: StopSign,
    ) -> None:
        self._library = library
        self._space = space
        self._leases = leases
        self._progress = progress
        self._listener = listener
        self._stop = stop
        self._batch = Batch(space.ear.batch_windows, BATCH_BYTES)
        self._warmed = False
        self._sounds: dict[str, _Sound] = {}  # those not embedded to the end yet
        self._ready: dict[str, _Sound] = {}  # to be stored
        self._known: list[WorkItem] = []  # to be settled
        self._stored_at = time.monotonic()
        self._suggesting = Suggesting(library, space)

    def run(self) -> None:
        """Process every file, or as many as there is time for before ``stop`` is set.

        Raises:
            LibraryError, ModelError: the library or the model failed; finished work is kept.
        """
        threads = self._library.settings.thread_count
        capacity = 2 * self._space.ear.batch_windows
        try:
            with (
                Decoders(self._library, self._space, self._leases, threads, capacity) as decoders,
                EmbedStage(self._space.ear, decoders.wake) as stage,
            ):
                self._claims = decoders.claims
                while not (self._stop.is_set() or self._finished(decoders, stage)):
                    self._step(decoders, stage)
                while not stage.idle:  # of a stopped run
                    self._take_in(stage.take_done(None))
        finally:
            self._store()

    def _finished(self, decoders: Decoders, stage: EmbedStage) -> bool:
        return decoders.finished and stage.idle and not self._batch

    def _step(self, decoders: Decoders, stage: EmbedStage) -> None:
        # Full: there is no place for more before the stage is free.
        waits = self._batch.full and not stage.free
        self._take_in(stage.take_done(WAIT_S if waits else 0.0))
        small = bool(self._batch) and stage.idle and not decoders.waiting
        if stage.free and (self._batch.full or small):
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
            case Claimed():
                self._sounds[event.sound_id] = _Sound(event.sound_id, event.item)
            case Windowed():
                if (sound := self._on_its_way(event)) is not None:
                    sound.waiting += 1
                    self._batch.add(event)
            case Decoded():
                if (sound := self._on_its_way(event)) is not None:
                    sound.facts, sound.metadata = event.facts, event.metadata
                    sound.heard = event.heard
                    self._move_if_ready(sound)
            case Known():
                self._known.append(event.item)
            case Copy():
                self._take_copy(event)
            case Elsewhere():
                self._leases.give_back([event.item], ELSEWHERE_S)
            case Refused():
                self._refuse(event.item, event.sound_id, event.reason)
            case Unreadable():
                self._put_off(event.item, event.sound_id, event.reason, event.to_blame)

    def _on_its_way(self, event: Windowed | Decoded) -> _Sound | None:
        """The sound, unless it was dropped: it, or a copy of it, may have begun anew since."""
        sound = self._sounds.get(event.sound_id)
        return sound if sound is not None and sound.item is event.item else None

    def _take_copy(self, event: Copy) -> None:
        sound = self._sounds.get(event.sound_id) or self._ready.get(event.sound_id)
        if sound is None:  # what it is a copy of was stored or dropped in between
            self._leases.give_back([event.item])
        else:
            sound.copies.append(event.item)

    def _take_in(self, embedded: Embedded) -> None:
        for event, vector in embedded:
            sound = self._on_its_way(event)
            if sound is None:
                continue  # an earlier window of this batch made it unusable
            sound.waiting -= 1
            if not np.isfinite(vector).all():
                reason = "The samples are so far out of range that the model cannot hear them."
                self._put_off(event.item, event.sound_id, reason, to_blame=True)
                continue
            sound.spans.append(EmbeddedSpan(event.window.start_s, event.window.end_s, vector))
            self._move_if_ready(sound)

    def _move_if_ready(self, sound: _Sound) -> None:
        if sound.facts is not None and sound.waiting == 0:
            self._ready[sound.id] = self._sounds.pop(sound.id)

    def _store_if_due(self) -> None:
        waiting = len(self._ready) + len(self._known)
        due = time.monotonic() - self._stored_at > STORE_S
        if waiting >= STORE_SOUNDS or (waiting and due):
            self._store()

    def _store(self) -> None:
        ready, self._ready = list(self._ready.values()), {}
        known, self._known = self._known, []
        self._stored_at = time.monotonic()
        points = {sound.id: _points(sound) for sound in ready}
        if ready or known:
            with span("store"):
                self._put_away(ready, known, points)
        for sound in ready:
            self._claims.give_back(sound.id)
            self._progress.embedded += 1
            self._progress.audio_s += _facts(sound).duration_s
            AUDIO_SECONDS.inc(_facts(sound).duration_s)
            self._finish(sound.item)
        for item in [*known, *(copy for sound in ready for copy in sound.copies)]:
            self._progress.duplicates += 1
            self._finish(item)
        if points:
            self._suggesting.suggest(points)
            self._library.catalog.news.notify()  # alerts are asked about them

    def _put_away(
        self,
        ready: list[_Sound],
        known: list[WorkItem],
        points: dict[str, list[WindowPoint]],
    ) -> None:
        if points:
            self._space.vectors.upsert([point for of_one in points.values() for point in of_one])
        with self._library.catalog.write() as session:
            self._write_down(session, ready, known, points)
        self._library.refresh_words(most=STORE_SOUNDS)  # a search finds them by name as well

    def _write_down(
        self,
        session: Session,
        ready: list[_Sound],
        known: list[WorkItem],
        points: dict[str, list[WindowPoint]],
    ) -> None:
        done = [item for sound in ready for item in (sound.item, *sound.copies)]
        self._leases.keep(session, [*done, *known])
        # What was not there is the content of no file now, and was purged; so are these vectors.
        there = ensure_sounds(session, {sound.id: sound.item.size for sound in ready})
        kept = [sound for sound in ready if sound.id in there]
        indexed = [IndexedSound(one.id, _facts(one), len(points[one.id])) for one in kept]
        mark_indexed(session, self._space.id, indexed)
        said = {one.id: one.metadata for one in kept if one.metadata is not None}
        save_metadata(session, said)
        save_analysis(session, {one.id: one.heard for one in kept if one.heard is not None})
        self._leases.settle(session, [*done, *known])
        absolve_copies(session, [sound.id for sound in ready])

    def _refuse(self, item: WorkItem, sound_id: str, reason: str) -> None:
        sound = self._drop(item, sound_id)
        items = [item, *(sound.copies if sound else ())]
        with self._library.catalog.write() as session:
            self._leases.keep(session, items)
            if mark_failed(session, sound_id, reason):
                self._leases.quarantine(session, items, reason)
            else:
                for each in items:
                    self._leases.put_off(session, each, reason, to_blame=True)
        for each in items:
            self._finish_with_problem(each, reason, "unusable")

    def _put_off(self, item: WorkItem, sound_id: str, reason: str, to_blame: bool) -> None:
        """Something is wrong that may be better next time."""
        sound = self._drop(item, sound_id)
        with self._library.catalog.write() as session:
            last = self._leases.put_off(session, item, reason, to_blame=to_blame)
            if last and sound_id:
                mark_failed(session, sound_id, reason)
        if sound is not None:
            self._leases.give_back(sound.copies)  # one of them may stand in for this file
        self._finish_with_problem(item, reason, "decoder" if to_blame else "unavailable")

    def _drop(self, item: WorkItem, sound_id: str) -> _Sound | None:
        """Take a sound back out of everything that it is in on account of this file."""
        sound = self._sounds.get(sound_id)
        if sound is None or sound.item is not item:
            return None
        self._batch.drop(sound_id)
        del self._sounds[sound_id]
        self._claims.give_back(sound_id)
        return sound

    def _finish_with_problem(self, item: WorkItem, reason: str, kind: str) -> None:
        FAILURES.labels(kind).inc()
        self._progress.add_problem(path_text(item.path), reason)
        self._finish(item)

    def _finish(self, item: WorkItem) -> None:
        self._leases.forget([item])
        FILES.inc()
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
