"""A queue that is full by count or by bytes, whichever comes first."""

import threading
from collections import deque

from ingest.events import Event, Windowed


class Closed(Exception):
    """The queue takes nothing any more: the run is over."""


class EventQueue:
    """Events on their way from many threads to one. Thread-safe.

    Args:
        max_events: held at most.
        max_bytes: of samples, held at most; a single larger event passes when the queue is empty.
    """

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._events: deque[Event] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._woken = False
        self._closed = False

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> None:
        """Add an event; waits while there is no room.

        Raises:
            Closed: also while it waits.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_room(_size(event)))
            if self._closed:
                raise Closed
            self._events.append(event)
            self._bytes += _size(event)
            self._changed.notify_all()

    def take(self, wait_s: float) -> Event | None:
        """The oldest event; None when there is none within ``wait_s``, or after :meth:`wake`."""
        with self._changed:
            self._changed.wait_for(lambda: self._events or self._woken, wait_s)
            self._woken = False
            if not self._events:
                return None
            event = self._events.popleft()
            self._bytes -= _size(event)
            self._changed.notify_all()
            return event

    def wake(self) -> None:
        """Let :meth:`take` return, because there is something else to look at."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """Let every :meth:`put` end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        if not self._events:
            return True
        return len(self._events) < self._max_events and self._bytes + size <= self._max_bytes


def _size(event: Event) -> int:
    return event.window.samples.nbytes if isinstance(event, Windowed) else 0
