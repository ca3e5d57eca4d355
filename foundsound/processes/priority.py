"""What the system does with a child where there is not enough for all."""

import contextlib
import os

BEHIND_SEARCHES = 10  # of 19: a tenth of what a search gets, for work that a library is waiting for


def go_behind(niceness: int) -> None:
    """Let others have the processor first, where the system knows such a thing."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(niceness)


def be_killed_first() -> None:
    """When memory runs out, Linux shall take the process that only one file is lost with."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
