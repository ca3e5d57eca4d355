"""A destination that is a file: one JSON object a line, appended."""

import errno
import fcntl
import os

from foundsound.alerts.webhook import NotDelivered
from foundsound.errors import InvalidRequest

ENDINGS = (".jsonl", ".ndjson")
LOOK_BACK = 2**20  # bytes in which a line is looked for that may have been written already


def check_file(path: str) -> None:
    """Refuse a destination that is none of ours to write.

    Raises:
        InvalidRequest: the path is relative, has another ending, or no folder.
    """
    if not os.path.isabs(path) or not path.lower().endswith(ENDINGS) or not path.isprintable():
        raise InvalidRequest(
            f"An alert writes to an absolute path that ends in {ENDINGS[0]}, not to '{path}'."
        )
    if not os.path.isdir(os.path.dirname(path)):
        raise InvalidRequest(f"There is no folder {os.path.dirname(path)}; make it first.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise InvalidRequest(f"{path} is no file.")


def append_line(path: str, key: str, line: bytes, *, again: bool) -> None:
    """Append a line, durably when it returns; a line cut off by a crash is closed first.

    Args:
        key: that stands in the line and in no other.
        again: it may have been written already; then it is not written twice.

    Raises:
        NotDelivered: the file cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # until it is closed: other processes append too
            size = os.fstat(handle).st_size
            if again and key.encode() in _complete_lines(handle, size):
                return
            start = b"\n" if size and os.pread(handle, 1, size - 1) != b"\n" else b""
            _write(handle, start + line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotDelivered(f"The file {path} cannot be written: {error.strerror}.") from error


def _complete_lines(handle: int, size: int) -> bytes:
    tail = os.pread(handle, min(size, LOOK_BACK), max(size - LOOK_BACK, 0))
    return tail[: tail.rfind(b"\n") + 1]


def _write(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):  # the rest would be a line of its own
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
