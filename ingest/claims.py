"""Which contents this process works on, so that ten copies of a file are embedded once."""

import threading


class Claims:
    """The sound ids that are being worked on. Thread-safe."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def take(self, sound_id: str) -> bool:
        """True for the first caller with this id, False for others until it is given back."""
        with self._lock:
            if sound_id in self._taken:
                return False
            self._taken.add(sound_id)
            return True

    def give_back(self, sound_id: str) -> None:
        """The content is done, or another file may stand in for this one."""
        with self._lock:
            self._taken.discard(sound_id)
