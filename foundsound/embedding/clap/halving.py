"""Batches that do not fit into memory are halved; nothing that was embedded is lost."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import numpy as np

from foundsound.embedding.clap.ahead import Begin
from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

T = TypeVar("T")


class HalvingBatches:
    """Runs a function over batches and remembers the largest size that fitted.

    Args:
        limit: the size to begin with.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def run(self, items: Sequence[Floats], begin: Begin[T], embed: Callable[[T], Floats]) -> Floats:
        """``embed`` over all of ``items``, at least one, in order.

        Args:
            begin: prepares a batch; asked for the next one before the present one is embedded.

        Raises:
            ModelError: not even a single item fits.
        """
        rows: list[Floats] = []
        at = _Batch(items, begin, 0, self.limit)
        while at.start < len(items):
            # Asked for now: another thread may have lowered the limit meanwhile.
            after = _Batch(items, begin, at.end, self.limit)
            found = _unless_too_large(at.prepared, embed)
            if found is None:
                start, size = at.start, at.end - at.start
                after.drop()
                del at, after
                self._halve(size)
                at = _Batch(items, begin, start, self.limit)
                continue
            rows.append(found)
            at = after
        return np.concatenate(rows)

    def _halve(self, failed: int) -> None:
        # Outside of the except block: there, the traceback would still hold the failed batch.
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()
        if failed == 1:
            raise ModelError(
                "The memory does not suffice to embed one window of 10 s: free some, choose a "
                "smaller model, or set FOUNDSOUND_DEVICE=cpu."
            )
        self.limit = failed // 2


class _Batch(Generic[T]):
    """The items from ``start`` on, ``size`` at most, whose preparation has begun."""

    def __init__(self, items: Sequence[Floats], begin: Begin[T], start: int, size: int) -> None:
        self.start = start
        self.end = min(start + size, len(items))
        self.prepared = begin(items[start : self.end]) if self.end > start else _nothing

    def drop(self) -> None:
        """Wait until nothing is prepared; what was wrong with it is told when it comes again."""
        with suppress(Exception):
            self.prepared()


def _nothing() -> Any:
    raise IndexError("there is no batch after the last")


def _unless_too_large(prepared: Callable[[], T], embed: Callable[[T], Floats]) -> Floats | None:
    try:
        return embed(prepared())
    except Exception as error:
        if _is_out_of_memory(error):
            return None
        raise


def _is_out_of_memory(error: Exception) -> bool:
    torch = sys.modules.get("torch")  # if it is not imported, it cannot have raised
    return isinstance(error, MemoryError) or (
        torch is not None and isinstance(error, torch.OutOfMemoryError)
    )
