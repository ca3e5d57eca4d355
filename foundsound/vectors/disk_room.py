"""Room on the disk that the embedded store must find before it writes.

Its files are sparse and mapped into memory: where the disk has no block for a page that is written,
the system ends the process (SIGBUS), which no exception can tell.
"""

import contextlib
import os
import shutil
from pathlib import Path

from foundsound.errors import LibraryError, Unavailable

ROOM_BYTES = 32 * 2**20  # many times what one write takes


def check_room(directory: Path) -> None:
    """Refuse to write when the disk of ``directory`` is about to be full.

    Raises:
        Unavailable: it is, or it does not answer; what is to be written can wait.
        LibraryError: the directory is gone.
    """
    try:
        free = shutil.disk_usage(directory).free
    except FileNotFoundError as error:
        raise LibraryError(f"{directory} is gone, and its vectors with it.") from error
    except OSError as error:
        raise Unavailable(f"{directory} cannot be reached: {error.strerror}.") from error
    if free < ROOM_BYTES:
        raise Unavailable(
            f"The disk that holds {directory} is full: the vectors need "
            f"{ROOM_BYTES // 2**20} MiB of room."
        )


def has_room_for_copy(directory: Path) -> bool:
    """True when everything in ``directory`` could be written once more beside it."""
    taken = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                taken += os.stat(os.path.join(folder, name)).st_blocks * 512
    return shutil.disk_usage(directory).free > taken + ROOM_BYTES
