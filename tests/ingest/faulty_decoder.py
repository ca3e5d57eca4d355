"""A decoding child that does what its file's name says, once it has decoded a part of it.

The names are ``abort``, ``segv``, ``exit``, ``killed``, ``hang``, ``flood`` (of memory, bit by bit)
and ``burst`` (at once); with ``once`` in its name too,
a file strikes only the first time.
"""

import faulthandler
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from foundsound.audio.reader import Floats
from foundsound.processes.wire import Message
from ingest import decode_child
from ingest.decode_child import Answers
from ingest.decode_job import DecodeJob

PART = 4  # blocks of 6 s of mono at 44.1 kHz
serve, path = decode_child.serve, Path()


def remember(request: Message, job: DecodeJob, answers: Answers) -> None:
    global path
    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    serve(request, job, answers)


def spoiled(blocks: Iterator[Floats], answers: Answers) -> Iterator[Floats]:
    for number, block in enumerate(blocks, 1):
        if number == PART:
            misbehave()
        answers.alive()
        yield block


def misbehave() -> None:
    if "once" in path.stem:
        try:
            path.with_suffix(".seen").touch(exist_ok=False)
        except FileExistsError:
            return
    if "abort" in path.stem:
        os.abort()
    if "segv" in path.stem:
        faulthandler._sigsegv()  # type: ignore[attr-defined]
    if "exit" in path.stem:
        os._exit(7)
    if "killed" in path.stem:
        os.kill(os.getpid(), signal.SIGKILL)
    if "flood" in path.stem:
        taken = []
        while True:
            taken.append(b"x" * 2**24)
            time.sleep(0.02)
    if "burst" in path.stem:
        bytearray(2**40)
    if "hang" in path.stem:
        path.with_suffix(".hangs").touch()
        time.sleep(3600)


if __name__ == "__main__":
    decode_child.serve = remember
    decode_child._watched = spoiled
    decode_child.main()
