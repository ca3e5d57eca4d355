"""The most anonymous memory that a process had, watched by another one.

The high-water mark that Linux keeps counts the pages of mapped files too, which it takes back when
memory is short. What is a process's own is told of the moment only, and the process itself cannot
look while an extension holds the GIL. Run as a program, this file is the one that looks.
"""

import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType

INTERVAL_S = 0.005
MB = 1e6  # as in measure.py, which a program this small does not wait for


class AnonymousMemory:
    """Has this process watched until it is left. A context manager."""

    def __init__(self) -> None:
        self.before_mb = self.peak_mb = 0.0  # 0 where there is no Linux to tell

    def __enter__(self) -> "AnonymousMemory":
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", __file__, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._watcher.stdout is not None
        self.before_mb = int(self._watcher.stdout.readline()) / MB
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        told, _ = self._watcher.communicate()
        self.peak_mb = int(told) / MB


def _watch(status: Path) -> None:
    """Tell the bytes now, and their peak when whoever is watched closes our standard input."""
    peak = _anonymous(status)
    print(peak, flush=True)
    while not select.select([sys.stdin], [], [], INTERVAL_S)[0]:
        peak = max(peak, _anonymous(status))
    print(peak)


def _anonymous(status: Path) -> int:
    if not status.exists():
        return 0
    lines = status.read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), 0)


if __name__ == "__main__":
    _watch(Path("/proc", sys.argv[1], "status"))
