"""A pool of decoding threads that feed one bounded queue."""

import queue
import threading
from collections.abc import Iterator, Sequence

from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.claims import Claims
from ingest.prepare import Event, prepare
from ingest.reconcile import WorkItem

WAIT_S = 0.1  # how long either side waits before it looks whether the run goes on


class _Abandoned(BaseException):
    """The run ended before this file was done; no handler of bad files may take it for one."""


class Decoders:
    """Threads that prepare ``work`` in order; decoding and resampling run outside the GIL.

    A context manager: leaving it ends the threads, finished or not.

    Args:
        threads: how many files are decoded at once.
        capacity: events held before the decoders wait; bounds memory.
    """

    def __init__(
        self,
        library: Library,
        space: OpenSpace,
        work: Sequence[WorkItem],
        threads: int,
        capacity: int,
    ) -> None:
        self._library = library
        self._space = space
        self._items = iter(work)
        self._turn = threading.Lock()
        self._claims = Claims()
        self._events: queue.Queue[Event | None] = queue.Queue(capacity)
        self._abandon = threading.Event()
        self._failure: Exception | None = None
        self._running = threads
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def __enter__(self) -> "Decoders":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon.set()
        for thread in self._threads:
            thread.join()

    @property
    def finished(self) -> bool:
        """True when every thread has ended and every event was taken."""
        return self._running == 0

    def next_event(self) -> Event | None:
        """The next event; None when a thread has ended.

        Raises:
            queue.Empty: nothing came within a moment.
            LibraryError: and anything else that is no fault of a single file.
        """
        if self._failure is not None:
            raise self._failure
        event = self._events.get(timeout=WAIT_S)
        if event is None:
            self._running -= 1
        return event

    def _work(self) -> None:
        try:
            for item in self._mine():
                prepare(self._library, self._space, item, self._claims, self._put, self._check)
            self._put(None)
        except _Abandoned:
            return
        except Exception as error:  # raised again in next_event
            self._failure = error

    def _mine(self) -> Iterator[WorkItem]:
        while True:
            with self._turn:
                item = next(self._items, None)
            if item is None:
                return
            yield item

    def _check(self) -> None:
        if self._abandon.is_set():
            raise _Abandoned

    def _put(self, event: Event | None) -> None:
        while not self._abandon.is_set():
            try:
                return self._events.put(event, timeout=WAIT_S)
            except queue.Full:
                continue
        raise _Abandoned
