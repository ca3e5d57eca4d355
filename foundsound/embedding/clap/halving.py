"""Batches that do not fit into memory are halved; nothing that was embedded is lost."""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError


class HalvingBatches:
    """Runs a function over batches and remembers the largest size that fitted.

    Args:
        limit: the size to begin with.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def run(self, items: Sequence[Floats], embed: Callable[[Sequence[Floats]], Floats]) -> Floats:
        """``embed`` over all of ``items``, at least one, in order.

        Raises:
            ModelError: not even a single item fits.
        """
        rows: list[Floats] = []
        start = 0
        while start < len(items):
            part = items[start : start + self.limit]
            found = _unless_too_large(part, embed)
            if found is None:
                self._halve(len(part))
                continue
            rows.append(found)
            start += len(part)
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


def _unless_too_large(
    part: Sequence[Floats], embed: Callable[[Sequence[Floats]], Floats]
) -> Floats | None:
    try:
        return embed(part)
    except Exception as error:
        if _is_out_of_memory(error):
            return None
        raise


def _is_out_of_memory(error: Exception) -> bool:
    torch = sys.modules.get("torch")  # if it is not imported, it cannot have raised
    return isinstance(error, MemoryError) or (
        torch is not None and isinstance(error, torch.OutOfMemoryError)
    )
