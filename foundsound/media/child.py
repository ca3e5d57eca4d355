"""A process that decodes sounds for the one that serves, to make copies and pictures of them.

Whatever a damaged file does to a decoder, it does it here. Requests come on stdin and answers go to
stdout (see :mod:`foundsound.processes.wire`); when stdin ends, the parent is gone and the child
ends too. A request names the ``work``, the file's ``path`` (hex) and the ``folder`` to write to.
Answers: ``alive`` now and then; ``done``; ``refused`` with the ``error`` and its ``reason``.
"""

import contextlib
import signal
import sys
import time
from pathlib import Path
from typing import IO

from foundsound.audio.bounds import Bounds
from foundsound.errors import AudioError, FoundsoundError
from foundsound.media.works import import_all, make
from foundsound.processes.memory import bound_memory, too_large
from foundsound.processes.pipes import take_pipes
from foundsound.processes.priority import go_behind
from foundsound.processes.wire import Message, receive, send

ALIVE_S = 1.0
NICENESS = 5  # searches go first


class _Alive:
    def __init__(self, answers: IO[bytes]) -> None:
        self._answers = answers
        self._told_at = time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._told_at > ALIVE_S:
            send(self._answers, {"kind": "alive"})
            self._told_at = now


def main() -> None:
    """Work off requests until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    go_behind(NICENESS)
    file_bytes, duration_s, channels, decode_s, memory_bytes = map(float, sys.argv[1:])
    bounds = Bounds(int(file_bytes), duration_s, int(channels), decode_s)
    bound_memory(int(memory_bytes))
    requests, answers = take_pipes()
    import_all()
    with contextlib.suppress(EOFError, OSError):
        while True:
            request, _ = receive(requests)
            send(answers, _answer(request, bounds, int(memory_bytes), _Alive(answers)))


def _answer(request: Message, bounds: Bounds, memory_bytes: int, alive: _Alive) -> Message:
    try:
        path, folder = bytes.fromhex(request["path"]), Path(request["folder"])
        make(request["work"], path, bounds, folder, alive)
        return {"kind": "done"}
    except FoundsoundError as error:
        return {"kind": "refused", "error": type(error).__name__, "reason": str(error)}
    except MemoryError:
        reason = too_large(memory_bytes)
    except Exception as error:  # a bug, or a full disk: it costs this request only, and is told
        reason = f"The sound's file cannot be shown ({type(error).__name__}: {error})."
    return {"kind": "refused", "error": AudioError.__name__, "reason": reason}


if __name__ == "__main__":
    main()
