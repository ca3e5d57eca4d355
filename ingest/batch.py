"""The windows that are embedded together next."""

from ingest.events import Windowed


class Batch:
    """Windows, bounded by count and by bytes.

    Args:
        max_windows: make one efficient call of the model.
        max_bytes: of samples; reached earlier by long windows at high rates.
    """

    def __init__(self, max_windows: int, max_bytes: int) -> None:
        self._max_windows = max_windows
        self._max_bytes = max_bytes
        self._windows: list[Windowed] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def full(self) -> bool:
        """True when nothing more should be added."""
        return len(self._windows) >= self._max_windows or self._bytes >= self._max_bytes

    def add(self, window: Windowed) -> None:
        """Add a window."""
        self._windows.append(window)
        self._bytes += window.window.samples.nbytes

    def drop(self, sound_id: str) -> None:
        """Leave out a sound that turned out unusable."""
        kept = [window for window in self._windows if window.sound_id != sound_id]
        self._windows, self._bytes = [], 0
        for window in kept:
            self.add(window)

    def take(self) -> list[Windowed]:
        """Everything so far, in order; the batch is empty then."""
        taken, self._windows, self._bytes = self._windows, [], 0
        return taken
