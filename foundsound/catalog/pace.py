"""How fast files are done, and when those that wait will be: from counts taken now and then."""

import threading
from collections import deque
from typing import NamedTuple

OVER_S = 60.0  # what was longer ago says little about now
LEAST_S = 2.0  # less is chance


class Pace(NamedTuple):
    """Of the last minute; None where nobody knows."""

    files_per_s: float | None
    left_s: float | None


class Pacer:
    """Takes counts and tells the pace between them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: deque[tuple[float, int]] = deque()  # (when, files that do not wait)

    def take(self, now: float, done: int, waiting: int) -> Pace:
        """The pace, with these counts as the last ones.

        Args:
            now: seconds, of a clock that never steps.
            done: files that do not wait, whatever became of them.
            waiting: files that do.
        """
        with self._lock:
            if not waiting or (self._taken and done < self._taken[-1][1]):
                self._taken.clear()  # at rest, or files are gone: what comes is counted anew
            self._taken.append((now, done))
            while self._taken[0][0] < now - OVER_S:
                self._taken.popleft()
            since, before = self._taken[0]
        if not waiting or now < since + LEAST_S or done == before:
            return Pace(None, None)
        files_per_s = (done - before) / (now - since)
        return Pace(files_per_s, waiting / files_per_s)
