"""A decoding child that keeps what is named ``held`` in hand, alive, until it is let go.

While it has such a file, another with its name and ``.held`` lies beside it; one with ``.go`` lets
it go on. So a run is in the middle for as long as a test wants, however fast the machine is.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from foundsound.audio.reader import Floats
from foundsound.processes.wire import Message
from ingest import decode_child
from ingest.decode_child import Answers
from ingest.decode_job import DecodeJob

serve, watched, path = decode_child.serve, decode_child._watched, Path()


def remember(request: Message, job: DecodeJob, answers: Answers) -> None:
    global path
    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    serve(request, job, answers)


def held(blocks: Iterator[Floats], answers: Answers) -> Iterator[Floats]:
    if path.stem.startswith("held"):
        path.with_suffix(".held").touch()
        while not path.with_suffix(".go").exists():
            answers.alive()
            time.sleep(0.02)
    yield from watched(blocks, answers)


if __name__ == "__main__":
    decode_child.serve = remember
    decode_child._watched = held
    decode_child.main()
