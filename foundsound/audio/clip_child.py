"""A process that decodes what comes with a request for the one that serves or was asked.

Whatever a hostile upload does to a decoder, it does it here. Requests come on stdin and answers go
to stdout (see :mod:`foundsound.processes.wire`); when stdin ends, the parent is gone and the child
ends too. A request has the ``path`` (hex), the ``rate`` in Hz, ``first`` and ``last``, the samples
at that rate that are wanted (``last`` null: to the end), and the ``bounds``. Answers: ``alive``
now and then; ``block`` with mono float32 samples as its payload; ``end``; ``refused`` with the
``error`` and its ``reason``.
"""

import os
import signal
import sys
import time
from typing import IO

from foundsound.errors import AudioError, FileUnavailable, FoundsoundError
from foundsound.processes.memory import bound_memory, too_large
from foundsound.processes.parent import requests_of_parent
from foundsound.processes.pipes import take_pipes
from foundsound.processes.priority import be_killed_first
from foundsound.processes.wire import Message, send

ALIVE_S = 1.0


def main() -> None:
    """Work off requests until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    be_killed_first()
    memory_bytes = int(sys.argv[1])
    bound_memory(memory_bytes)
    stream, answers = take_pipes()
    requests = requests_of_parent(stream)
    import foundsound.audio.decode  # noqa: F401  # so that the first request starts at once

    try:
        while True:
            send(answers, _answer(requests.get(), answers, memory_bytes))
    except OSError:  # nobody listens any more
        os._exit(0)


def _answer(request: Message, answers: IO[bytes], memory_bytes: int) -> Message:
    try:
        _decode(request, answers)
        return {"kind": "end"}
    except FoundsoundError as error:
        return {"kind": "refused", "error": type(error).__name__, "reason": str(error)}
    except OSError as error:
        reason, kind = f"The file cannot be read: {error.strerror}.", FileUnavailable
        return {"kind": "refused", "error": kind.__name__, "reason": reason}
    except MemoryError:
        reason = too_large(memory_bytes)
    except Exception as error:  # a bug: it costs this request only, and is told
        reason = f"The file cannot be decoded ({type(error).__name__}: {error})."
    return {"kind": "refused", "error": AudioError.__name__, "reason": reason}


def _decode(request: Message, answers: IO[bytes]) -> None:
    from foundsound.audio.bounds import Bounds
    from foundsound.audio.decode import MonoStream

    first, last, at = request["first"], request["last"], 0
    told_at = time.monotonic()
    with MonoStream(
        bytes.fromhex(request["path"]), request["rate"], Bounds(**request["bounds"])
    ) as stream:
        for block in stream.blocks():
            inside = block[max(first - at, 0) : None if last is None else max(last - at, 0)]
            at += len(block)
            if len(inside):
                _send(answers, {"kind": "block"}, inside.data.cast("B"))
            elif time.monotonic() - told_at > ALIVE_S:
                _send(answers, {"kind": "alive"})
            else:
                continue
            told_at = time.monotonic()
            if last is not None and at >= last:
                return


def _send(answers: IO[bytes], message: Message, payload: memoryview | bytes = b"") -> None:
    try:
        send(answers, message, payload)
    except OSError:  # nobody listens any more
        os._exit(0)


if __name__ == "__main__":
    main()
