"""A decoding child whose metadata reader does what the file's name says: abort, hang or killed."""

import os
import signal
import time
from pathlib import Path

from foundsound.metadata import read
from foundsound.metadata.sound_metadata import SoundMetadata
from ingest import decode_child

inner = read.read_metadata


def unruly(path: bytes) -> SoundMetadata:
    match Path(os.fsdecode(path)).stem:
        case "abort":
            os.abort()
        case "hang":
            time.sleep(3600)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
    return inner(path)


if __name__ == "__main__":
    read.read_metadata = unruly
    decode_child.main()
