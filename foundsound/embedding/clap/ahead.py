"""Prepares the next batch while the present one is embedded, so that a GPU never waits for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from foundsound.embedding.embedder import Floats

T = TypeVar("T")
Prepare = Callable[[Sequence[Floats]], T]
Begin = Callable[[Sequence[Floats]], Callable[[], T]]
"""Takes a batch; what it returns gives the prepared batch, or raises what went wrong with it."""


def when_asked(prepare: Prepare[T]) -> Begin[T]:
    """Nothing is prepared before it is asked for: a processor has nothing to gain."""
    return lambda batch: partial(prepare, batch)


def ahead(prepare: Prepare[T]) -> Begin[T]:
    """Prepared at once, in a thread of its own, one batch after the other."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="clap-ahead")
    return lambda batch: thread.submit(prepare, batch).result
