"""Listens to a source: a window every hop, embedded at once, compared with what is listened for.

A thread reads, so that sound is never late because the model works. Of a live source hops are
skipped when the model cannot keep up; of a file none is. A live source that breaks off is tried
again, after a second, then after twice as long each time, up to half a minute.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from foundsound.audio.reader import Floats
from foundsound.embedding.embedder import Embedder
from foundsound.listening.detector import Detector, Event
from foundsound.listening.source import Source, SourceLost
from foundsound.listening.targets import Targets

QUEUED = 64  # blocks of a file that wait; the reader waits with them
RETRY_S = 1.0
MAX_RETRY_S = 30.0
RING_S = 60.0  # of sound kept for snippets
WAIT_S = 0.2


@dataclass(frozen=True)
class Heard:
    """What one window brought."""

    start_s: float
    end_s: float
    strengths: Floats  # float32 [targets]
    events: list[Event]
    skipped: int  # hops so far that the model was too slow for


class Monitor:
    """Listens once. Times are seconds of sound since the beginning.

    Args:
        tell: called with a sentence when a live source is lost and when it is back.
    """

    def __init__(
        self,
        source: Source,
        embedder: Embedder,
        targets: Targets,
        detector: Detector,
        window_s: float,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._embedder = embedder
        self._targets = targets
        self._detector = detector
        self._tell = tell
        rate = embedder.sample_rate
        self._window = round(window_s * rate)
        self._hop = max(round(detector.rules.hop_s * rate), 1)
        self._keep = max(round(RING_S * rate), self._window)
        self._ring = np.zeros(0, np.float32)
        self._heard = 0  # samples so far
        self._next = self._hop  # where the next window ends
        self._skipped = 0
        self._stop = threading.Event()
        self._blocks: queue.Queue[Floats | Exception | None]
        self._blocks = queue.Queue(0 if source.live else QUEUED)

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def listen(self) -> Iterator[Heard]:
        """What each window brings, until the source ends or :meth:`stop` is called.

        Raises:
            SourceLost: a source that is not live broke off.
            InvalidRequest, ModelError: the source or the model cannot be used.
        """
        reader = threading.Thread(target=self._read, name="source", daemon=True)
        reader.start()
        try:
            while not self._stop.is_set():
                try:
                    block = self._blocks.get(timeout=WAIT_S)
                except queue.Empty:
                    continue
                if block is None:
                    if not self._source.live and self._heard > self._next - self._hop:
                        yield self._window_to(self._heard)  # less than a hop is left
                    yield self._ended()
                    if not self._source.live:
                        return
                elif isinstance(block, Exception):
                    raise block
                else:
                    self._take(block)
                    yield from self._windows()
            yield self._ended()
        finally:
            self._stop.set()

    def snippet(self, start_s: float, end_s: float) -> Floats:
        """The sound between two times, as far as it is kept, float32 ``[samples]``."""
        rate, first = self._embedder.sample_rate, self._heard - len(self._ring)
        start = max(round(start_s * rate) - first, 0)
        return self._ring[start : max(round(end_s * rate) - first, start)]

    def _ended(self) -> Heard:
        at = self._heard / self._embedder.sample_rate
        quiet = np.full(len(self._targets.names), -np.inf, np.float32)
        return Heard(at, at, quiet, self._detector.finish(), self._skipped)

    def _take(self, block: Floats) -> None:
        self._heard += len(block)
        self._ring = np.concatenate([self._ring, block])[-self._keep :]

    def _windows(self) -> Iterator[Heard]:
        if self._source.live:  # only the newest counts: what is late is of no use
            if not self._blocks.empty():
                return
            behind = max((self._heard - self._next) // self._hop, 0)
            self._skipped += behind
            self._next += behind * self._hop
        while self._heard >= self._next:
            yield self._window_to(self._next)
            self._next += self._hop

    def _window_to(self, end: int) -> Heard:
        rate = self._embedder.sample_rate
        last = len(self._ring) - (self._heard - end)
        samples = np.ascontiguousarray(self._ring[max(last - self._window, 0) : last])
        vector = self._embedder.embed_audio([samples])[0]
        strengths = self._targets.strengths(samples, vector)
        start_s, end_s = (end - len(samples)) / rate, end / rate
        events = self._detector.push(start_s, end_s, strengths)
        return Heard(start_s, end_s, strengths, events, self._skipped)

    def _read(self) -> None:
        retry_s, lost = RETRY_S, ""
        while not self._stop.is_set():
            try:
                for block in self._source.blocks(self._embedder.sample_rate):
                    if self._stop.is_set():
                        return
                    if lost:
                        self._tell(f"{self._source.shown} is back.")
                        retry_s, lost = RETRY_S, ""
                    self._put(block)
                ended = f"{self._source.shown} has ended."
            except SourceLost as error:
                if not self._source.live:
                    self._put(error)
                    return
                ended = str(error)
            except Exception as error:  # raised again in listen()
                self._put(error)
                return
            self._put(None)
            if not self._source.live:
                return
            if not lost:
                self._tell(f"{ended} Trying again.")
                lost = ended
            self._stop.wait(retry_s)
            retry_s = min(2 * retry_s, MAX_RETRY_S)

    def _put(self, block: Floats | Exception | None) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._blocks.put(block, timeout=WAIT_S)
                return
