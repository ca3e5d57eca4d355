"""Which contents are being worked on, so that ten copies of a file are embedded once."""

import threading


class Claims:
    """The sound ids taken in this run. Thread-safe."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def take(self, sound_id: str) -> bool:
        """True for the first caller with this id, False for every later one."""
        with self._lock:
            if sound_id in self._taken:
                return False
            self._taken.add(sound_id)
            return True
