"""Batches that do not fit into memory are halved; nothing that was embedded is lost."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

Item = TypeVar("Item")
T = TypeVar("T")
Begin = Callable[[Sequence[Item]], Callable[[], T]]
"""As in :mod:`~foundsound.embedding.clap.ahead`, of windows or of texts."""

CLEAN = 32  # full batches that fitted, one after the other, before twice as many are tried
# What torch, cuBLAS and cuDNN say when memory is short and the type of the error does not tell.
SHORTAGES = ("out of memory", "ALLOC_FAILED", "can't allocate memory")


class Turns:
    """Threads embed side by side; one that ran out of memory embeds alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._closed = False  # somebody embeds alone, or waits until the others are done
        self._one_alone = threading.Lock()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """A turn that others may share. It must not be taken twice by one thread."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn that begins when all others have ended, and lets none begin before it ends."""
        with self._one_alone:
            try:
                with self._changed:
                    self._closed = True
                    self._changed.wait_for(lambda: not self._running)
                yield
            finally:
                with self._changed:
                    self._closed = False
                    self._changed.notify_all()


class HalvingBatches:
    """Runs a function over batches and remembers the largest size that fitted.

    Args:
        limit: the size to begin with.
        item: what a person calls one of them.
        turns: shared by all that use the same memory.
    """

    def __init__(
        self, limit: int, item: str = "window of 10 s", turns: Turns | None = None
    ) -> None:
        self.turns = turns or Turns()
        self._item = item
        self._limit = self._most = limit
        self._clean = 0
        self._counting = threading.Lock()

    @property
    def limit(self) -> int:
        """Items in one batch as things are now."""
        return self._limit

    @limit.setter
    def limit(self, most: int) -> None:
        """A new size; one that memory has lowered already only rises to it batch by batch."""
        with self._counting:
            self._limit = min(most, self._limit) if self._limit < self._most else most
            self._most = most

    def run(
        self, items: Sequence[Item], begin: Begin[Item, T], embed: Callable[[T], Floats]
    ) -> Floats:
        """``embed`` over all of ``items``, at least one, in order; from any thread.

        Args:
            begin: prepares a batch; asked for the next one before the present one is embedded.

        Raises:
            ModelError: not even a single item fits when no other thread embeds.
        """
        rows: list[Floats] = []
        at = _Batch(items, begin, 0, self.limit)
        while at.start < len(items):
            with self.turns.beside():
                # Asked for now: another thread may have lowered the limit meanwhile.
                after = _Batch(items, begin, at.end, self.limit)
                found = _unless_too_large(at.prepared, embed)
            if found is None:
                start, end = at.start, at.end
                after.drop()
                del at, after  # what they hold is memory that the next try needs
                found = self._alone(items[start:end], begin, embed)
                after = _Batch(items, begin, start + len(found), self.limit)
            else:
                self._fitted(at.end - at.start)
            rows.append(found)
            at = after
        return np.concatenate(rows)

    def _alone(
        self, items: Sequence[Item], begin: Begin[Item, T], embed: Callable[[T], Floats]
    ) -> Floats:
        """The first ``items``, as many as fit: all of them, when others held the memory."""
        size = len(items)
        with self.turns.alone():
            self._ran_short(self.limit)  # clean batches are counted anew
            while True:
                _empty_cache()
                size = min(size, self.limit)  # another thread may have lowered it meanwhile
                found = _unless_too_large(begin(items[:size]), embed)
                if found is not None:
                    return found
                if size == 1:
                    raise ModelError(
                        f"The memory does not suffice to embed one {self._item}: free some, "
                        "choose a smaller model, or set FOUNDSOUND_DEVICE=cpu."
                    )
                self._ran_short(size // 2)

    def _ran_short(self, limit: int) -> None:
        with self._counting:
            self._limit = min(self._limit, limit)
            self._clean = 0

    def _fitted(self, size: int) -> None:
        with self._counting:
            self._clean += size >= self._limit
            if self._clean == CLEAN:
                self._limit = min(2 * self._limit, self._most)
                self._clean = 0


class _Batch(Generic[Item, T]):
    """The items from ``start`` on, ``size`` at most, whose preparation has begun."""

    def __init__(self, items: Sequence[Item], begin: Begin[Item, T], start: int, size: int) -> None:
        self.start = start
        self.end = min(start + size, len(items))
        self.prepared = begin(items[start : self.end]) if self.end > start else _nothing

    def drop(self) -> None:
        """Wait until nothing is prepared; what was wrong with it is told when it comes again."""
        prepared, self.prepared = self.prepared, _nothing
        with suppress(Exception):
            prepared()
        del prepared  # its error holds this frame: in a cycle, what was made would stay alive


def _nothing() -> Any:
    raise IndexError("there is no batch after the last")


def _unless_too_large(prepared: Callable[[], T], embed: Callable[[T], Floats]) -> Floats | None:
    """None when memory did not suffice; nothing of the batch is alive then."""
    try:
        return embed(prepared())
    except Exception as error:
        if _is_out_of_memory(error):
            return None
        raise
    finally:
        del prepared  # as in drop


def _empty_cache() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _is_out_of_memory(error: Exception) -> bool:
    torch = sys.modules.get("torch")  # if it is not imported, it cannot have raised
    return (
        isinstance(error, MemoryError)
        or (torch is not None and isinstance(error, torch.OutOfMemoryError))
        or (isinstance(error, RuntimeError) and any(sign in str(error) for sign in SHORTAGES))
    )
