"""Works on several windows at once: one core a window beats all cores on each in turn.

The networks are too small to share between cores, and half of a window's time is spent in the
front-end, which runs on one core anyway: 190 s of audio a second against 137 on two cores.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from foundsound.embedding.embedder import Floats


class WindowPool:
    """Threads that each embed one window at a time; results keep the order of the windows."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embed")

    def map(self, embed: Callable[[Floats], Floats], windows: Sequence[Floats], dim: int) -> Floats:
        """``embed`` on each window, ``[samples]`` to ``[dim]``; returns float32 ``[n, dim]``."""
        rows = list(self._pool.map(embed, windows))
        return np.stack(rows) if rows else np.zeros((0, dim), np.float32)
