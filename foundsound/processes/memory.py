"""Bounds the memory that a decoding child takes for a file.

Its parent looks at what is resident twice a second. A flood that is faster than that meets a limit
of the system's own, far enough above that an honest decoder never does: C libraries answer a
refused allocation in ways that look like a damaged file.
"""

import contextlib
import os
import sys

if sys.platform != "win32":
    import resource

RESERVE_BYTES = 512 * 2**20  # of writable memory that is mapped and never used


def too_large(memory_bytes: int) -> str:
    """The sentence that a person reads."""
    return (
        "The decoder needs more memory for this file than the limit of "
        f"{memory_bytes / 2**20:,.0f} MiB."
    )


def resident_bytes(pid: int) -> int:
    """The memory that a process occupies; 0 when it is gone, or where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def bound_memory(memory_bytes: int) -> None:
    """Have the system refuse this process much more than that; best effort but for Linux."""
    if sys.platform == "win32":
        return
    # Linux counts all private writable memory as data; other systems only the heap.
    most = 2 * memory_bytes + RESERVE_BYTES
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
