"""Decodes what comes with a request, in processes of their own: a hostile file costs itself."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np

from foundsound.audio.bounds import Bounds
from foundsound.audio.reader import Floats
from foundsound.errors import FoundsoundError
from foundsound.processes.child import module_command
from foundsound.processes.watched_child import WatchedChild
from foundsound.settings import Settings

COMMAND = module_command("foundsound.audio.clip_child")
AT_ONCE = 2  # decoding is heavy: many uploads at once wait for each other and not for memory


class ClipDecoder:
    """Gives the samples of one file after another, of ``AT_ONCE`` at a time. Thread-safe.

    A child is started when there is none to spare, and kept for the next file. One that crashes,
    makes no progress for ``settings.decode_stall_s`` or takes more memory than
    ``settings.max_decode_memory_bytes`` costs its file alone.
    """

    def __init__(self, settings: Settings) -> None:
        self._stall_s = settings.decode_stall_s
        self._memory_bytes = settings.max_decode_memory_bytes
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[WatchedChild] = []
        self._busy: set[WatchedChild] = set()
        self._closed = False

    def blocks(
        self,
        path: bytes,
        rate: int,
        bounds: Bounds,
        start_s: float | None = None,
        end_s: float | None = None,
    ) -> Generator[Floats, None, None]:
        """Yield mono float32 ``[samples]`` blocks at ``rate`` Hz; nothing after ``end_s`` is read.

        Raises:
            As :class:`foundsound.audio.decode.MonoStream`; and AudioError or OutOfBounds when the
            decoder crashes, hangs or takes too much memory.
            FoundsoundError: the system cannot start a child, or this was closed.
        """
        first = round((start_s or 0.0) * rate)
        last = None if end_s is None else max(round(end_s * rate), first + 1)
        with self._turns, self._child() as child:
            child.ask(
                {
                    "path": path.hex(),
                    "rate": rate,
                    "first": first,
                    "last": last,
                    "bounds": asdict(bounds),
                }
            )
            while True:
                answer, payload = child.answer()
                if answer["kind"] == "end":
                    return
                yield np.frombuffer(payload, np.float32)

    def close(self) -> None:
        """End the children; whoever waits for one is told."""
        with self._lock:
            self._closed = True
            for child in self._busy:
                child.interrupt()
            for child in self._idle:
                child.end()
            self._idle.clear()

    @contextmanager
    def _child(self) -> Iterator[WatchedChild]:
        with self._lock:
            if self._closed:
                raise FoundsoundError("The server ends.")
            child = self._idle.pop() if self._idle else self._new()
            self._busy.add(child)
        spare = False
        try:
            yield child
            spare = True
        except FoundsoundError:  # the child's answer: it waits for the next file, or has ended
            spare = True
            raise
        finally:
            with self._lock:
                self._busy.discard(child)
                spare = spare and not self._closed
                if spare:
                    self._idle.append(child)
            if not spare:
                child.end()  # whoever read has left: it is in the midst of a file

    def _new(self) -> WatchedChild:
        command = [*COMMAND, str(self._memory_bytes)]
        return WatchedChild(command, self._stall_s, self._memory_bytes)
