"""Embeds in a thread of its own, so that decoding and storing go on meanwhile."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from foundsound.embedding.ear import Ear
from foundsound.embedding.embedder import Floats
from foundsound.metrics import EMBED_SECONDS, WINDOWS
from ingest.events import Windowed

Embedded = list[tuple[Windowed, Floats]]  # windows with their vectors, float32 [dim]


class EmbedStage:
    """One batch at a time. A context manager: leaving it waits for the batch that is running.

    Args:
        ear: embeds.
        on_done: called, in the stage's thread, when a batch is done.
    """

    def __init__(self, ear: Ear, on_done: Callable[[], None]) -> None:
        self._ear = ear
        self._on_done = on_done
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed-stage")
        self._windows: list[Windowed] = []
        self._running: Future[Floats] | None = None

    def __enter__(self) -> "EmbedStage":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def idle(self) -> bool:
        """True when a batch can be started."""
        return self._running is None

    def warm(self) -> None:
        """Load the model while the first file is decoded; what fails is told by the first batch."""
        self._thread.submit(self._ear.embed_audio, [])

    def start(self, windows: Sequence[Windowed]) -> None:
        """Begin with the next batch."""
        assert self.idle
        self._windows = list(windows)
        samples = [window.window.samples for window in windows]
        self._running = self._thread.submit(self._embed, samples)
        self._running.add_done_callback(lambda _: self._on_done())

    def _embed(self, samples: list[Floats]) -> Floats:
        with EMBED_SECONDS.time():
            vectors = self._ear.embed_audio(samples)
        WINDOWS.inc(len(samples))
        return vectors

    def take_done(self, wait_s: float | None) -> Embedded:
        """The batch that is done within ``wait_s`` (None: however long it takes), or nothing.

        Raises:
            ModelError: and whatever else the model failed with.
        """
        if self._running is None:
            return []
        if wait_s != 0.0:  # looking is a hundred times cheaper than waiting for no time
            wait([self._running], wait_s)
        if not self._running.done():
            return []
        done, self._running = self._running, None
        windows, self._windows = self._windows, []
        return list(zip(windows, done.result(), strict=True))
