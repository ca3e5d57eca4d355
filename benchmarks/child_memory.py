"""The memory of a process's children, watched while they live: afterwards nobody can tell."""

import threading
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.measure import MB

INTERVAL_S = 0.02


class ChildMemory:
    """Looks at the children of this process until it is left. A context manager.

    On Linux each child counts with its high-water mark, so nothing between two looks is missed.
    Memory that processes share, such as libraries, counts once for each: an upper bound.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0  # of all children together
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "ChildMemory":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._left.wait(INTERVAL_S):
            now_mb = sum(_mb(child) for child in process.children(recursive=True))
            self.peak_mb = max(self.peak_mb, now_mb)


def _mb(child: psutil.Process) -> float:
    try:
        status = Path(f"/proc/{child.pid}/status").read_text().splitlines()
        marks = [line.split()[1] for line in status if line.startswith("VmHWM:")]
        return int(marks[0]) * 1024 / MB if marks else 0.0  # none: it has ended already
    except OSError:
        try:
            return float(child.memory_info().rss / MB)
        except psutil.Error:
            return 0.0
