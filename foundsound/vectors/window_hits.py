"""Windows near a query, some made at a time as somebody reads them: most of them nobody does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 50  # are made


@dataclass(slots=True)  # not frozen: hundreds are made for a query, at a third of the cost
class WindowHit:
    """One window near a query."""

    sound_id: str
    start_s: float
    end_s: float
    score: float  # cosine
    stored: Callable[[], list[float]] | None = field(default=None, compare=False, repr=False)
    _vector: NDArray[np.float32] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def vector(self) -> NDArray[np.float32] | None:
        """float32 ``[dim]``; None when it was not asked for. Made once somebody looks at it."""
        if self._vector is None and self.stored is not None:
            self._vector = np.array(self.stored(), np.float32)
        return self._vector


class WindowHits(Sequence[WindowHit]):
    """Best first, as the engine gives them.

    Args:
        scores: of all, best first.
        hit_at: makes the hit at a place.
    """

    def __init__(self, scores: Sequence[float], hit_at: Callable[[int], WindowHit]) -> None:
        self.scores = scores
        self._hit_at = hit_at

    def __len__(self) -> int:
        return len(self.scores)

    def __iter__(self) -> Iterator[WindowHit]:
        for start in range(0, len(self.scores), AT_ONCE):
            yield from self._make(start)

    def _make(self, start: int) -> list[WindowHit]:
        return [self._hit_at(at) for at in range(start, min(start + AT_ONCE, len(self.scores)))]

    @overload
    def __getitem__(self, at: int) -> WindowHit: ...
    @overload
    def __getitem__(self, at: slice) -> list[WindowHit]: ...
    def __getitem__(self, at: int | slice) -> WindowHit | list[WindowHit]:
        places = range(len(self.scores))[at]
        return self._hit_at(places) if isinstance(places, int) else list(map(self._hit_at, places))
