"""A decoding child whose analysis does what the sound's rate says: abort, hang, or be killed."""

import os
import signal
import time

from foundsound.analysis import listener
from foundsound.analysis.sound_analysis import Heard
from ingest import decode_child

ABORT, HANG, KILLED = 8_000, 11_025, 16_000


class Unruly(listener.Listener):
    def finish(self) -> Heard:
        assert self._analyser is not None
        match self._analyser._facts.sample_rate:
            case 8_000:
                os.abort()
            case 11_025:
                time.sleep(3600)
            case 16_000:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().finish()


if __name__ == "__main__":
    listener.Listener = Unruly  # type: ignore[misc]
    decode_child.main()
