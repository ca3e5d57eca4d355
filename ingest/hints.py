"""Paths that may have changed, from whoever tells of changes to whoever looks."""

import os
import threading

from foundsound.catalog.paths import contains

MAX_HINTS = 20_000  # paths; with more, everything is looked at instead


class Hints:
    """Changed paths of one root, each once. Thread-safe.

    Args:
        root: absolute.
    """

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._paths: dict[bytes, None] = {}
        self._everything = False
        self._failure = ""
        self._changed = threading.Condition()

    def add(self, path: bytes) -> None:
        """Something happened at this path (absolute), and perhaps below it."""
        if not contains(self._root, path):
            return
        raw_path = b"" if path == self._root else os.path.relpath(path, self._root)
        with self._changed:
            if self._everything or self._covered(raw_path):
                return
            if raw_path == b"" or len(self._paths) >= MAX_HINTS:
                self._look_at_everything()
            else:
                self._paths[raw_path] = None
            self._changed.notify_all()

    def add_everything(self) -> None:
        """Changes were lost: only a scan can find them."""
        with self._changed:
            self._look_at_everything()
            self._changed.notify_all()

    def fail(self, reason: str) -> None:
        """Changes are not told any more, at least of some folders."""
        with self._changed:
            self._failure = reason
            self._look_at_everything()
            self._changed.notify_all()

    def wake(self) -> None:
        """Let :meth:`wait` return."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something to look at, or :meth:`wake`."""
        with self._changed:
            if not (self._paths or self._everything):
                self._changed.wait(timeout_s)

    def take(self) -> tuple[list[bytes], bool, str]:
        """The paths, relative to the root; True when all is to be looked at; and a failure."""
        with self._changed:
            taken = (list(self._paths), self._everything, self._failure)
            self._paths, self._everything, self._failure = {}, False, ""
            return taken

    def _look_at_everything(self) -> None:
        self._paths.clear()
        self._everything = True

    def _covered(self, raw_path: bytes) -> bool:
        """True when the path, or a folder that it lies in, is noted already."""
        while raw_path:
            if raw_path in self._paths:
                return True
            raw_path = os.path.dirname(raw_path)
        return False
