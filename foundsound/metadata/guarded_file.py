"""A file of which a parser may read only so much, so often and for so long."""

import os
import time
from typing import BinaryIO

MAX_BYTES = 2**25  # cover pictures and the tables of hour-long films fit
MAX_READS = 20_000
MAX_SECONDS = 5.0


class ReadingStopped(Exception):
    """A parser asked for more of a file than its metadata can be worth."""


class GuardedFile:
    """Wraps an open file; reading, seeking and telling, as parsers need them.

    No size that a header claims makes it read much or long, and no loop in a damaged structure is
    endless, because it ends at the next read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._bytes = MAX_BYTES
        self._reads = MAX_READS
        self._deadline = time.monotonic() + MAX_SECONDS
        self._stopped = False

    def read(self, size: int = -1) -> bytes:
        """As a file's; after a stop the file seems to end, because FFmpeg tries again.

        Raises:
            ReadingStopped: a bound is reached.
        """
        if self._stopped:
            return b""
        left = max(0, self._size - self._file.tell())
        size = left if size < 0 else min(size, left)
        self._bytes -= size
        self._reads -= 1
        if self._bytes < 0 or self._reads < 0 or time.monotonic() > self._deadline:
            self._stopped = True
            raise ReadingStopped
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As a file's, but no further than its end; -1 for a place before its start."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self._size}
        place = start[whence] + offset
        return self._file.seek(min(place, self._size)) if place >= 0 else -1

    def tell(self) -> int:
        """As a file's."""
        return self._file.tell()
