"""Vectors of texts, each distinct one embedded once."""

import threading
from collections.abc import Sequence

from foundsound.embedding.clap.embedder import ClapEmbedder
from foundsound.embedding.clap.text_cache import TextCache
from foundsound.embedding.embedder import Floats
from foundsound.open_space import OpenSpace


class TextVectors:
    """Remembers the texts asked for last, for one space at a time. Thread-safe."""

    def __init__(self) -> None:
        self._space = ""
        self._cache = TextCache()
        self._lock = threading.Lock()

    def embed(self, space: OpenSpace, texts: Sequence[str]) -> Floats:
        """Vectors of ``texts``, float32 ``[n, dim]``, unit length.

        Raises:
            ModelError: the model failed.
        """
        if isinstance(space.embedder, ClapEmbedder):  # it remembers its texts itself
            return space.embedder.embed_text(texts)
        with self._lock:
            if space.key != self._space:
                self._space, self._cache = space.key, TextCache()
            cache = self._cache
        return cache.embed(texts, space.embedder.embed_text)
