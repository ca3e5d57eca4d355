"""Writes the words of what was edited, after the edit was answered."""

import logging
import threading

from foundsound.errors import FoundsoundError
from foundsound.library import Library

log = logging.getLogger(__name__)


class EditedWords:
    """Edits that come while words are written are written together. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._counting = threading.Lock()
        self._writing = threading.Lock()
        self.edits = 0  # so far
        self._written = 0  # edits, or given up

    def refresh(self) -> None:
        """Write the words of all edits that were committed before this call.

        What cannot be written now is written by whichever process next has nothing else to do.
        """
        with self._counting:
            self.edits += 1
            mine = self.edits
        with self._writing:
            if self._written >= mine:
                return
            with self._counting:
                edits = self.edits
            try:
                self._library.refresh_words()
            except FoundsoundError as error:
                log.warning("words of edited sounds are written later: %s", error)
            self._written = edits
