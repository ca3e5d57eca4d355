"""Files that can be made again from a sound, kept until others need their room."""

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

KEPT_SHARE = 0.8  # of the limit, after making room: so that not every new file looks for more
JUST_USED_S = 60.0  # whoever asked for such a file may not have opened it yet
LEFTOVER_S = 86400.0  # a folder of unfinished work that is older was left by a killed process
SCRATCH = "unfinished-"


class DerivedFiles:
    """A folder with a limit; the least recently used files go first. Thread-safe.

    Several processes may use one folder: a file is there whole or not at all, and who is reading
    one that is deleted reads on.

    Args:
        limit_bytes: of all files together.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._bytes: int | None = None  # about what lies there; None until somebody looked
        self._counting = threading.Lock()

    def find(self, name: str) -> Path | None:
        """Where the file of this name lies, if it is there; it counts as used now."""
        path = self._path(name)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    @contextlib.contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A folder to make files in; whatever is not kept is deleted with it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=SCRATCH, dir=self._folder, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)

    def keep(self, made: Path, name: str) -> None:
        """Take a finished file into the folder, and make room if there is too much by now."""
        size = made.stat().st_size
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        made.replace(path)
        with self._counting:
            if self._bytes is None:
                self._bytes = sum(size for _, size, _ in self._files())
            else:
                self._bytes += size
            if self._bytes > self._limit_bytes:
                self._bytes = self._make_room()

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _make_room(self) -> int:
        """Delete what was not used for longest; returns the bytes that stay."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        newest = time.time() - JUST_USED_S
        for used_at, size, path in files:
            if total <= KEPT_SHARE * self._limit_bytes or used_at > newest:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
                total -= size
        return total

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """When each was used, its size, its path."""
        for shelf in os.scandir(self._folder):
            with contextlib.suppress(OSError):
                if shelf.name.startswith(SCRATCH):
                    _clear_leftovers(shelf)
                    continue
                for entry in os.scandir(shelf):
                    status = entry.stat()
                    yield status.st_mtime, status.st_size, entry.path


def _clear_leftovers(folder: os.DirEntry[str]) -> None:
    if folder.stat().st_mtime < time.time() - LEFTOVER_S:
        for entry in os.scandir(folder):
            os.unlink(entry)
        os.rmdir(folder)
