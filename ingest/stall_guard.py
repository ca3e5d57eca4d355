"""Looks after decoding children: one that is silent for too long is killed."""

import threading
import time
from collections.abc import Sequence

from foundsound.processes.child import END_S
from ingest.decoder_process import DecoderProcess

TICK_S = 0.5  # how often silent children are looked for


class StallGuard:
    """A thread that counts the silence of these children. A context manager: leaving it ends it."""

    def __init__(self, decoders: Sequence[DecoderProcess]) -> None:
        self._decoders = decoders
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._leaving.set()
        self._thread.join(END_S)

    def __enter__(self) -> "StallGuard":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _watch(self) -> None:
        looked_at = time.monotonic()
        while not self._leaving.wait(TICK_S):
            now = time.monotonic()
            # When all of us were stopped (Ctrl-Z, a busy machine), no child is to blame.
            passed_s, looked_at = min(now - looked_at, 2 * TICK_S), now
            for decoder in self._decoders:
                decoder.watch(passed_s)
