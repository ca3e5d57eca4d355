"""Imported by every Python process that finds this folder on its path: steps its wall clock.

The file that ``FAULTS_CLOCK`` names holds seconds to add to the real time, and is looked at often.
Monotonic time goes on, as it does when a real machine's clock is set.
"""

import datetime
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

LOOK_S = 0.05


def _follow(file: Path) -> None:
    import time_machine

    real = time.monotonic() - time.time()  # wall time by the clock that nobody sets
    traveller, now_at = None, 0.0
    while True:
        with suppress(OSError, ValueError):
            wanted = float(file.read_text())
            if wanted != now_at:
                there = time.monotonic() - real + wanted
                if traveller is not None:
                    traveller.stop()
                traveller = time_machine.travel(
                    datetime.datetime.fromtimestamp(there, datetime.UTC), tick=True
                )
                traveller.start()
                now_at = wanted
        threading.Event().wait(LOOK_S)


if "FAULTS_CLOCK" in os.environ:
    threading.Thread(target=_follow, args=(Path(os.environ["FAULTS_CLOCK"]),), daemon=True).start()
