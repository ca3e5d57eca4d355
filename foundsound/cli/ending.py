"""How a process that serves, watches or works ends when told to: soon, whatever it waits for."""

import os
import signal
import sys
import threading
import time
from types import FrameType

LAST_S = 8.0  # a service manager kills after ten seconds


def end_on_sigterm() -> None:
    """Let SIGTERM end the process as an exit does: what is open is closed, then it is over."""
    signal.signal(signal.SIGTERM, _exit)


def end_soon() -> None:
    """Begin the countdown; what has not ended by then is not waited for.

    A model that is being loaded cannot be interrupted. A library survives an end anywhere, and
    children end with their parent.
    """
    threading.Thread(target=_cut_off, daemon=True).start()


def _exit(*_: int | FrameType | None) -> None:
    end_soon()
    sys.exit(0)


def _cut_off() -> None:
    time.sleep(LAST_S)
    os._exit(0)
