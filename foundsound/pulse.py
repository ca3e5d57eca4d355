"""Whether a loop still turns: what only waits is well, what hangs is not."""

import threading
import time
from dataclasses import dataclass

STUCK_S = 300.0  # the longest single step, of a disk or a server, takes less


@dataclass(frozen=True)
class Beat:
    """What a loop says of itself."""

    turned_s_ago: float
    stuck: bool
    waits_for: str  # a sentence; empty: for nothing


class Pulse:
    """One loop's. Safe from many threads.

    Args:
        name: of the loop, for people.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.waits_for = ""  # what is away or in the way now: a sentence
        self._turned = time.monotonic()

    def turn(self) -> None:
        """The loop has come round."""
        self._turned = time.monotonic()

    @property
    def beat(self) -> Beat:
        """How the loop is."""
        ago = time.monotonic() - self._turned
        return Beat(ago, ago > STUCK_S, self.waits_for)


class StopSignal(threading.Event):
    """An event that whoever works looks at between two steps: each look is a turn."""

    def __init__(self, pulse: Pulse) -> None:
        super().__init__()
        self._pulse = pulse

    def is_set(self) -> bool:
        """See :class:`threading.Event`."""
        self._pulse.turn()
        return super().is_set()
