"""The embedded store's files, read into the system's page cache before searches need them.

Edge leaves nothing of what it has opened or written there, and a search then waits for the disk at
each of the hundreds of vectors that it scores anew: 70 ms, measured at 140,000 windows. Read one
after the other they take 4 s a gigabyte, and the system takes the memory back when it needs it.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

SHARE = 4  # of the machine's memory no more than a quarter is filled so
BLOCK = 2**20
CODES = "quantized"  # begins the names of what is in memory anyway


def read_ahead(directory: Path, stopped: Callable[[], bool]) -> bool:
    """Read every file of a shard once, unless they are too many for this machine.

    Returns:
        False when they are, or ``stopped`` said so: some are not read then.
    """
    files = list(_files(directory))
    if sum(size for _, size in files) > _memory() / SHARE:
        return False
    block = bytearray(BLOCK)
    for path, _ in files:
        # Whoever tidies the shard meanwhile may take one away.
        with contextlib.suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
            while file.readinto(block):
                if stopped():
                    return False
    return True


def _files(directory: Path) -> Iterator[tuple[Path, int]]:
    """Those that searches read, with the bytes that they take."""
    for folder, _, names in os.walk(directory / "segments"):
        for name in names:
            path = Path(folder, name)
            if not name.startswith(CODES):
                with contextlib.suppress(FileNotFoundError):
                    yield path, path.stat().st_size


def _memory() -> int:
    """Bytes of the machine's memory; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0
