"""Sounds that somebody chose, remembered until they are fetched as a file."""

import secrets
import threading
from collections.abc import Sequence

from foundsound.errors import NotFound

MOST = 200  # the oldest are forgotten first


class Selections:
    """Chosen sounds by a name that nobody can guess. Thread-safe."""

    def __init__(self) -> None:
        self._ids: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def add(self, sound_ids: Sequence[str]) -> str:
        """Remember these; returns their name."""
        name = secrets.token_hex(16)
        with self._lock:
            self._ids[name] = tuple(sound_ids)
            while len(self._ids) > MOST:
                del self._ids[next(iter(self._ids))]
        return name

    def get(self, name: str) -> tuple[str, ...]:
        """What was chosen.

        Raises:
            NotFound: it was forgotten, or never was.
        """
        with self._lock:
            ids = self._ids.get(name)
        if ids is None:
            raise NotFound("This selection is not known any more; choose the sounds again.")
        return ids
