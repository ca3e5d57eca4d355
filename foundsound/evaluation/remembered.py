"""An embedder that hears each window once, however often the same sounds are indexed."""

from collections.abc import Sequence

import numpy as np
from blake3 import blake3

from foundsound.embedding.embedder import Embedder, Floats


class RememberedWindows:
    """Passes everything on to ``inner``, and keeps its vectors: some 2 kB a window.

    A row never depends on its batch-mates, so that what is kept is what would be made again.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name, self.version, self.dim = inner.name, inner.version, inner.dim
        self.sample_rate, self.window_s = inner.sample_rate, inner.window_s
        self.batch_windows = inner.batch_windows
        self.batches_at_once = inner.batches_at_once
        self._kept: dict[bytes, Floats] = {}

    @property
    def logit_scale(self) -> float:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._inner.logit_scale

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        keys = [blake3(np.ascontiguousarray(window).tobytes()).digest() for window in windows]
        given = dict(zip(keys, windows, strict=True))
        new = {key: window for key, window in given.items() if key not in self._kept}
        if new or not windows:
            vectors = self._inner.embed_audio(list(new.values()))
            self._kept |= zip(new, vectors, strict=True)
        if not windows:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._kept[key] for key in keys])

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._inner.embed_text(texts)
