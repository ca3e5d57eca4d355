"""How a process that serves, watches or works ends when told to: soon, whatever it waits for."""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

LAST_S = 7.0  # a service manager kills after ten seconds
# Then the system does it: a native call that holds Python's lock holds up the countdown as well.
ALARM_S = 9.0
UNTOLD = 120  # Python's own exit code of output that could not be written
TURN_S = 0.5  # how soon the main thread notices a signal that the system gave to another
_begun = threading.Event()


def end_on_sigterm() -> None:
    """Let SIGTERM end the process as an exit does: what is open is closed, then it is over."""
    signal.signal(signal.SIGTERM, _exit)


def end_soon() -> None:
    """Begin the countdown; what has not ended by then is not waited for.

    A model that is being loaded cannot be interrupted. A library survives an end anywhere, and
    children end with their parent.
    """
    _begun.set()
    threading.Thread(target=_cut_off, daemon=True).start()
    signal.setitimer(signal.ITIMER_REAL, ALARM_S)


def wait_for_end(ended: threading.Event) -> None:
    """Have the main thread do nothing until the event is set, or a signal's handler raises.

    It turns now and then: handlers run in the main thread alone, and one that waits without end is
    not woken by a signal that the system gives to another thread.
    """
    while not ended.wait(TURN_S):
        pass


def is_ending() -> bool:
    """True once the process was told to end; libraries make errors of the exit that is raised."""
    return _begun.is_set()


def _exit(*_: int | FrameType | None) -> None:
    end_soon()
    sys.exit(0)


@contextmanager
def leaving() -> Iterator[None]:
    """Have the process end with this body, its threads, and what it registers with ``atexit``.

    Python itself would then take apart, object by object, all that was loaded: up to 0.6 s.
    """
    code = 1  # of an error that nobody catches
    atexit.register(lambda: leave(code))  # what registers first is called last
    try:
        yield
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        raise


def leave(code: int = 0) -> NoReturn:
    """End now; everything is closed. Threads that wait for a server are not waited for."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:  # a supervisor may give none
                stream.flush()
    except BrokenPipeError:  # nobody reads any more
        code = code or UNTOLD
    except OSError as error:
        code = code or UNTOLD
        with suppress(OSError):
            os.write(2, f"Error: The output cannot be written: {error.strerror}.\n".encode())
    finally:
        os._exit(code)


def _cut_off() -> None:
    time.sleep(LAST_S)
    os._exit(0)
