"""A child that decodes clips, and does what a file's sample rate says when it is half through.

8001 Hz crashes, 8002 hangs, 8003 floods the memory, 8004 is an endless sound.
"""

import faulthandler
import time
from collections.abc import Callable, Iterator

import numpy as np

from foundsound.audio import clip_child, decode
from foundsound.audio.reader import Floats

CRASH, HANG, FLOOD, ENDLESS = 8001, 8002, 8003, 8004


class Unruly(decode.MonoStream):
    """Well-behaved at every other rate."""

    def blocks(self, listen: Callable[[Floats], None] = lambda _: None) -> Iterator[Floats]:
        rate = self.facts.sample_rate
        yield from super().blocks(listen)
        match rate:
            case 8001:
                faulthandler._sigsegv()  # type: ignore[attr-defined]
            case 8002:
                time.sleep(3600)
            case 8003:
                taken = []
                while True:
                    taken.append(b"x" * 2**24)
                    time.sleep(0.02)
            case 8004:
                while True:
                    yield np.zeros(2**16, np.float32)


if __name__ == "__main__":
    decode.MonoStream = Unruly  # type: ignore[misc]
    clip_child.main()
