"""Wakes whoever waits when there is something to do, so that nobody looks again and again."""

import threading
from typing import Protocol

WORK, NEWS = "foundsound_work", "foundsound_news"  # what there is, as databases name it


class WorkSignal(Protocol):
    """Tells that there is something to do. Thread-safe.

    A signal may be missed or come for nothing: who is woken looks for himself, and again after a
    while whatever he heard.
    """

    def notify(self) -> None:
        """Wake all; called after what there is to do was committed."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for the next signal, at most ``timeout_s``; True when there was one."""


class InProcessSignal:
    """See :class:`WorkSignal`; for a catalogue that only this process works on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._given = 0
        self._heard = threading.local()  # by each thread, so that one signal wakes them all

    def notify(self) -> None:
        """Wake every waiting thread; one that comes late is not made to wait."""
        with self._changed:
            self._given += 1
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a signal that this thread has not heard yet."""
        before = getattr(self._heard, "count", 0)
        with self._changed:
            heard = self._changed.wait_for(lambda: self._given > before, timeout_s)
            self._heard.count = self._given
            return heard
