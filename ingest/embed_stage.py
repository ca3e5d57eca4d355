"""Embeds in threads of its own, so that decoding and storing go on meanwhile."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from foundsound.embedding.ear import Ear
from foundsound.embedding.embedder import Floats
from foundsound.metrics import EMBED_SECONDS, WINDOWS
from foundsound.tracing import span
from ingest.events import Windowed

Embedded = list[tuple[Windowed, Floats]]  # windows with their vectors, float32 [dim]


class EmbedStage:
    """As many batches at once as the ear gains from, given back in the order of their starts.

    A context manager: leaving it waits for the batches that are running.

    Args:
        ear: embeds.
        on_done: called, in a thread of the stage's, when a batch is done.
    """

    def __init__(self, ear: Ear, on_done: Callable[[], None]) -> None:
        self._ear = ear
        self._on_done = on_done
        self._most = ear.batches_at_once
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="embed-stage")
        self._running: deque[tuple[list[Windowed], Future[Floats]]] = deque()

    def __enter__(self) -> "EmbedStage":
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    @property
    def idle(self) -> bool:
        """True when no batch is running."""
        return not self._running

    @property
    def free(self) -> bool:
        """True when a batch can be started."""
        return len(self._running) < self._most

    def warm(self) -> None:
        """Load the model while the first file is decoded; what fails is told by the first batch."""
        self._threads.submit(self._ear.embed_audio, [])

    def start(self, windows: Sequence[Windowed]) -> None:
        """Begin with the next batch."""
        assert self.free
        samples = [window.window.samples for window in windows]
        batch = self._threads.submit(self._embed, samples)
        self._running.append((list(windows), batch))
        batch.add_done_callback(lambda _: self._on_done())

    def _embed(self, samples: list[Floats]) -> Floats:
        with span("embed"), EMBED_SECONDS.time():
            vectors = self._ear.embed_audio(samples)
        WINDOWS.inc(len(samples))
        return vectors

    def take_done(self, wait_s: float | None) -> Embedded:
        """The oldest batch, if done within ``wait_s`` (None: however long it takes), or nothing.

        Raises:
            ModelError: and whatever else the model failed with.
        """
        if not self._running:
            return []
        windows, batch = self._running[0]
        if wait_s != 0.0:  # looking is a hundred times cheaper than waiting for no time
            wait([batch], wait_s)
        if not batch.done():
            return []
        self._running.popleft()
        return list(zip(windows, batch.result(), strict=True))
