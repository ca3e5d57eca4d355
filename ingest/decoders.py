"""Decoding processes that feed one bounded queue, each led by a thread of ours."""

import threading
from collections.abc import Iterator

from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.processes.child import END_S
from ingest.claims import Claims
from ingest.decoder_process import DecoderDied, DecoderProcess
from ingest.event_queue import Closed, EventQueue
from ingest.events import Event, Unreadable
from ingest.job import decode_job
from ingest.leases import Leases
from ingest.prepare import Attempt, prepare
from ingest.stall_guard import StallGuard
from ingest.work_item import WorkItem

QUEUE_BYTES = 256 * 2**20
CHILD_BYTES = 8 * 2**20  # another child pays from here on: starting one costs as much as reading it


class Decoders:
    """Prepares what is claimed, several files at once, until there is nothing more to claim.

    A context manager: leaving it ends the children, finished or not. A file whose decoder dies is
    tried once more at the end, alone, because it may have been the others that took the memory.

    Args:
        space: what the sounds will be embedded into.
        leases: where the files come from.
        threads: how many files are decoded at once, at most.
        capacity: events held before the decoders wait; with ``QUEUE_BYTES`` it bounds memory.
    """

    def __init__(
        self,
        library: Library,
        space: OpenSpace,
        leases: Leases,
        threads: int,
        capacity: int,
    ) -> None:
        self._library = library
        self._space = space
        self._leases = leases
        self._turn = threading.Lock()
        self.claims = Claims()
        self._events = EventQueue(capacity, QUEUE_BYTES)
        self._leaving = threading.Event()
        self._failure: Exception | None = None
        self._suspects: list[Attempt] = []
        job, stall_s = decode_job(library, space), library.settings.decode_stall_s
        work = leases.look_ahead()
        count = min(threads, len(work))
        if len(work) < leases.limit:  # that is all there is
            count = min(count, 1 + sum(item.size for item in work) // CHILD_BYTES)
        self._decoders = [DecoderProcess(job, stall_s) for _ in range(count)]
        self._running = count
        self._threads = [
            threading.Thread(target=self._lead, args=(decoder,), daemon=True)
            for decoder in self._decoders
        ]
        self._stall_guard = StallGuard(self._decoders)

    def __enter__(self) -> "Decoders":
        for thread in self._threads:
            thread.start()
        self._stall_guard.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._events.close()
        for decoder in self._decoders:
            decoder.stop()
        for thread in self._threads:
            thread.join(END_S)  # not for ever: a dead drive can hold even a killed child
        self._stall_guard.end()

    @property
    def finished(self) -> bool:
        """True when every file is done and every event was taken."""
        return self._running == 0 and not self._events

    @property
    def waiting(self) -> int:
        """Events that can be taken at once."""
        return len(self._events)

    @property
    def child_ids(self) -> list[int]:
        """Process ids of the children that live now."""
        return [pid for decoder in self._decoders if (pid := decoder.pid) is not None]

    def next_event(self, wait_s: float) -> Event | None:
        """The next event; None when nothing came within ``wait_s``, or after :meth:`wake`.

        Raises:
            FoundsoundError: and anything else that is no fault of a single file.
        """
        if self._failure is not None:
            raise self._failure
        return self._events.take(wait_s)

    def wake(self) -> None:
        """Let :meth:`next_event` return."""
        self._events.wake()

    def _lead(self, decoder: DecoderProcess) -> None:
        try:
            for item in self._mine():
                self._attempt(Attempt(item), decoder)
            if not self._last():
                return
            for attempt in self._suspects:  # nobody else decodes now
                self._attempt(attempt, decoder)
            self._running = 0
        except Closed:
            return
        except Exception as error:  # raised again in next_event
            self._failure = error
        finally:
            decoder.rest()
            self._events.wake()

    def _last(self) -> bool:
        with self._turn:
            if self._running > 1:
                self._running -= 1
                return False
            return True

    def _attempt(self, attempt: Attempt, decoder: DecoderProcess) -> None:
        put = self._events.put
        try:
            prepare(self._library, self._space, attempt, self._leases, self.claims, decoder, put)
        except DecoderDied as death:
            if self._leaving.is_set():
                raise Closed from None
            attempt.deaths += 1
            if attempt.deaths == 1:
                self._suspects.append(attempt)
            else:
                put(Unreadable(attempt.item, attempt.sound_id, str(death), to_blame=True))

    def _mine(self) -> Iterator[WorkItem]:
        while True:
            item = self._leases.take()
            if item is None:
                return
            yield item
