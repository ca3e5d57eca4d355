"""Vectors of the texts that were asked for last: a query repeated or paged costs no forward."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from foundsound.embedding.embedder import Floats

CAPACITY = 2048  # 4 MB of vectors


class TextCache:
    """Bounded; forgets what was not used longest. Thread-safe."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._vectors: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], encode: Callable[[Sequence[str]], Floats]) -> Floats:
        """Vectors of ``texts``, float32 ``[n, dim]``; ``encode`` is asked for the unknown ones."""
        found = self._known(texts)
        unknown = [text for text in dict.fromkeys(texts) if text not in found]
        if unknown:
            new = dict(zip(unknown, encode(unknown), strict=True))
            self._keep(new)
            found |= new
        return np.stack([found[text] for text in texts])

    def _known(self, texts: Sequence[str]) -> dict[str, Floats]:
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in known:
                self._vectors.move_to_end(text)
        return known

    def _keep(self, vectors: dict[str, Floats]) -> None:
        with self._lock:
            self._vectors |= {text: vector.copy() for text, vector in vectors.items()}
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
