"""An embedder that tells how far it is: the only progress there is inside one long file."""

import time
from collections.abc import Callable, Sequence

from foundsound.embedding.embedder import Embedder, Floats


class WatchedEmbedder:
    """An Embedder that passes everything on, and counts windows and the time they take.

    Args:
        inner: does the work.
        on_windows: called with the windows embedded so far.
    """

    def __init__(self, inner: Embedder, on_windows: Callable[[int], None]) -> None:
        self._inner = inner
        self._on_windows = on_windows
        self.name, self.version, self.dim = inner.name, inner.version, inner.dim
        self.sample_rate, self.window_s = inner.sample_rate, inner.window_s
        self.batch_windows = inner.batch_windows
        self.batches_at_once = inner.batches_at_once
        self.windows = 0
        self.seconds = 0.0

    @property
    def logit_scale(self) -> float:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._inner.logit_scale

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        started = time.perf_counter()
        vectors = self._inner.embed_audio(windows)
        self.seconds += time.perf_counter() - started
        self.windows += len(windows)
        self._on_windows(self.windows)
        return vectors

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._inner.embed_text(texts)
