"""Files that searches read here and there, brought into the system's page cache before they do.

Read one after the other they take 4 s a gigabyte, and the system takes the memory back when it
needs it.
"""

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

SHARE = 4  # of the machine's memory no more than a quarter is filled so
BLOCK = 2**20


def read_files_ahead(files: Sequence[Path], stopped: Callable[[], bool]) -> bool:
    """Read each file once, unless they are too much for this machine.

    Returns:
        False when they are, or ``stopped`` said so: some are not read then.
    """
    if sum(map(_size, files)) > _memory() / SHARE:
        return False
    block = bytearray(BLOCK)
    for path in files:
        # Whoever tidies up meanwhile may take one away.
        with contextlib.suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
            while file.readinto(block):
                if stopped():
                    return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _memory() -> int:
    """Bytes of the machine's memory; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0
