"""Files that are being written: taken once, when they have rested."""

import errno
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from foundsound.catalog.locations import SeenFile

MAX_TRACKED = 20_000  # files; those beyond are found by the next scan
IN_USE = frozenset({errno.EBUSY, errno.EAGAIN, errno.ETXTBSY})


@dataclass(slots=True)
class _Tracked:
    facts: tuple[int, int, int | None]  # size, time, inode
    since: float


class StabilityTracker:
    """Holds files back until size and time stayed the same for a while and they can be opened.

    What was last changed longer ago than that, by this machine's clock, needs no waiting. Where
    the clocks of a file server and of this machine differ, a file is at worst taken once more.

    Args:
        root: absolute; paths are relative to it.
        settle_s: how long a file has to rest.
        clock, wall: seconds, monotonic and since 1970.
        opens: False for a file, by its absolute path, that somebody else has locked.
    """

    def __init__(
        self,
        root: bytes,
        settle_s: float,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        opens: Callable[[bytes], bool] = lambda path: can_be_opened(path),
    ) -> None:
        self._root = root
        self._settle_s = settle_s
        self._clock = clock
        self._wall = wall
        self._opens = opens
        self._tracked: dict[bytes, _Tracked] = {}
        self.overflowed = False  # some file was not even tracked

    def __len__(self) -> int:
        return len(self._tracked)

    def __contains__(self, raw_path: bytes) -> bool:
        return raw_path in self._tracked

    def hold(self, seen: SeenFile) -> bool:
        """True when a new or changed file is to be left for later."""
        before = self._tracked.get(seen.raw_path)
        facts = (seen.size, seen.mtime_ns, seen.inode)
        now = self._clock()
        if before is None:
            if self._has_rested(seen):
                return False
            if len(self._tracked) >= MAX_TRACKED:
                self.overflowed = True
            else:
                self._tracked[seen.raw_path] = _Tracked(facts, now)
            return True
        if before.facts != facts:
            before.facts, before.since = facts, now
            return True
        if now - before.since < self._settle_s:
            return True
        if not self._opens(os.path.join(self._root, seen.raw_path)):
            before.since = now
            return True
        del self._tracked[seen.raw_path]
        return False

    def due(self) -> list[bytes]:
        """Files that should have rested by now: they are to be looked at again."""
        until = self._clock() - self._settle_s
        return [raw for raw, tracked in self._tracked.items() if tracked.since <= until]

    def forget(self, looked_at: list[bytes]) -> None:
        """Of files that were due and looked at, what is due still: it is gone, or known."""
        still_due = set(self.due())
        for raw_path in looked_at:
            if raw_path in still_due:
                del self._tracked[raw_path]

    def wait_s(self) -> float | None:
        """Seconds until the first file is due; None when none is tracked."""
        first = min((tracked.since for tracked in self._tracked.values()), default=None)
        return None if first is None else max(0.0, first + self._settle_s - self._clock())

    def _has_rested(self, seen: SeenFile) -> bool:
        touched_s = max(seen.mtime_ns, seen.ctime_ns) / 1e9
        return self._wall() - touched_s >= self._settle_s


def can_be_opened(path: bytes) -> bool:
    """False while another program keeps the file to itself; other errors are the worker's to tell.

    It is opened for reading and closed at once: nothing is locked or waited for.
    """
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        return error.errno not in IN_USE
    return True
