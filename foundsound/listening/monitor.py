"""Listens to a source: windows embedded as they end, and compared with what is listened for.

Every hop a whole window, and up to four times a hop one of three quarters of a hop: a sound that
has just begun is little of a window of 3 s, but fills the newest 0.75 s within a hop. A thread
reads, so that sound is never late because the model works. A model that cannot keep up with a live
source gets fewer short windows, then hops are skipped; of a file none is. A live source that breaks
off is tried again, after a second, then after twice as long each time, up to half a minute.
"""

import contextlib
import queue
import threading
import time
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
LOOKS = 4  # short windows a hop, at most
LOOK_S = 0.25  # between two of them, at least
SHORT = 0.75  # of a hop: filled by a sound, and looked at, within a hop
LEAST_SHORT_S = 0.5
REPEATED_S = 1.0  # what is shorter is repeated, as CLAP's extractor does: models expect as much
MOST_SHORT = 0.75  # of a whole window; else they tell nothing new
BUSY = 0.5  # of the time between two windows; a model that needs more,
BUSY_WINDOWS = 4  # and not only while it loads, gets fewer


@dataclass(frozen=True)
class Heard:
    """What one window, or a whole and a short one, brought."""

    start_s: float
    end_s: float
    strengths: Floats  # float32 [targets], of the last whole window
    thresholds: Floats  # float32 [targets], from which whole windows count now
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
        short_s = max(SHORT * detector.rules.hop_s, LEAST_SHORT_S)
        self._short = round(short_s * rate) if short_s <= MOST_SHORT * window_s else 0
        self._looks = min(LOOKS, max(int(detector.rules.hop_s / LOOK_S), 1)) if self._short else 1
        self._strengths = np.full(len(targets.names), -np.inf, np.float32)  # of the last whole one
        self._heard = 0  # samples so far
        self._at = 0  # of these, up to where windows were heard
        self._hops = 0  # and how many whole ones
        self._busy = 0  # windows in a row that the model took long for
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
                if block is None or isinstance(block, Exception):
                    yield from self._rest()
                    if block is not None:
                        raise block
                    if not self._source.live:
                        return
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

    def _rest(self) -> Iterator[Heard]:
        """What is left of a source that has ended or broken off."""
        if self._source.live:
            yield from self._windows(last=True)
        elif self._heard > self._hops * self._hop:
            yield self._window_to(self._heard, whole=True)  # less than a hop is left
        if self._heard:
            yield self._ended()

    def _ended(self) -> Heard:
        at = self._heard / self._embedder.sample_rate
        self._strengths = np.full(len(self._targets.names), -np.inf, np.float32)
        return self._told(at, at, self._detector.finish())

    def _take(self, block: Floats) -> None:
        self._heard += len(block)
        self._ring = np.concatenate([self._ring, block])[-self._keep :]

    def _windows(self, *, last: bool = False) -> Iterator[Heard]:
        """What is ready; of a live source only the newest counts: what is late is of no use.

        Args:
            last: the source has broken off, and what waits came after that.
        """
        if self._source.live:
            if not last and not self._blocks.empty():
                return
            behind = max(self._heard // self._hop - self._hops - 1, 0)
            self._skipped += behind
            self._hops += behind
            self._at = max(self._at, self._hops * self._hop)
        while (end := self._next()) <= self._heard:
            started = time.monotonic()
            heard = self._window_to(end, whole=end == (self._hops + 1) * self._hop)
            if self._source.live:
                self._keep_up(time.monotonic() - started)
            yield heard

    def _keep_up(self, spent_s: float) -> None:
        """Have fewer short windows when the model needs too long for several in a row."""
        between_s = self._hop / self._looks / self._embedder.sample_rate
        self._busy = self._busy + 1 if spent_s > BUSY * between_s else 0
        if self._busy > BUSY_WINDOWS and self._looks > 1:
            self._looks, self._busy = self._looks // 2, 0

    def _next(self) -> int:
        """Where the next window ends; late short ones are left out when the source is live."""
        first, whole = self._hops * self._hop, (self._hops + 1) * self._hop
        ends = [first + self._hop * look // self._looks for look in range(1, self._looks)]
        waiting = [end for end in ends if end > self._at and end >= self._short]
        if self._source.live:
            if self._heard >= whole:
                return whole
            waiting = [end for end in waiting if end <= self._heard][-1:] or waiting
        return waiting[0] if waiting else whole

    def _window_to(self, end: int, *, whole: bool) -> Heard:
        since, self._at = self._at, end
        short = self._looks > 1 and end >= self._short
        lengths = [self._window] * whole + [self._short] * short
        rate = self._embedder.sample_rate
        windows = [self._last(end, length) for length in lengths]
        vectors = self._embedder.embed_audio([self._repeated(each) for each in windows])
        strengths = [
            self._targets.strengths(samples, vector)
            for samples, vector in zip(windows, vectors, strict=True)
        ]
        events: list[Event] = []
        start_s, end_s = (end - len(windows[0])) / rate, end / rate
        if whole:
            self._hops += 1
            self._strengths = strengths[0]
            events += self._detector.push(start_s, end_s, strengths[0])
        if short:
            events += self._detector.look(since / rate, end_s, strengths[-1])
        return self._told(start_s, end_s, events)

    def _told(self, start_s: float, end_s: float, events: list[Event]) -> Heard:
        thresholds = self._detector.thresholds
        return Heard(start_s, end_s, self._strengths, thresholds, events, self._skipped)

    def _repeated(self, samples: Floats) -> Floats:
        size = round(REPEATED_S * self._embedder.sample_rate)
        if len(samples) != self._short or len(samples) >= size:
            return samples
        return np.resize(samples, size)

    def _last(self, end: int, length: int) -> Floats:
        last = len(self._ring) - (self._heard - end)
        return np.ascontiguousarray(self._ring[max(last - length, 0) : last])

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
