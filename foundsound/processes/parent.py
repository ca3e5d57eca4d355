"""A child's view of its parent: what it asks for, and that it is still there."""

import contextlib
import os
import queue
import threading
from typing import IO

from foundsound.processes.wire import Message, receive

Requests = queue.SimpleQueue[Message]


def requests_of_parent(stream: IO[bytes]) -> Requests:
    """Requests as they come, read by a thread; when the parent is gone, the process ends.

    A thread of its own: a parent that dies is noticed even while a decoder hangs.
    """
    waiting: Requests = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(stream, waiting), daemon=True).start()
    return waiting


def _listen(stream: IO[bytes], waiting: Requests) -> None:
    with contextlib.suppress(EOFError, OSError, ValueError):
        while True:
            waiting.put(receive(stream)[0])
    os._exit(0)
