"""The sounds that lack their analysis, a page at a time, whatever their number."""

import os
import threading
from dataclasses import dataclass
from itertools import groupby

from foundsound.catalog.analysis import unanalysed_files
from foundsound.catalog.sound_files import SoundFile
from foundsound.library import Library
from ingest.work_item import WorkItem

PAGE = 500  # files


@dataclass(frozen=True)
class UnanalysedSound:
    """A sound, by its files as they can be opened here."""

    id: str
    files: tuple[WorkItem, ...]

    @property
    def size(self) -> int:
        """Bytes of one of them."""
        return self.files[0].size


class Unanalysed:
    """Each sound once. Thread-safe.

    Begins anywhere in the order of ids, because several workers may be at it at once.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._turn = threading.Lock()
        self._began = self._after = os.urandom(16).hex()
        self._wrapped = self._ended = False
        self._page: list[UnanalysedSound] = []

    def next(self) -> UnanalysedSound | None:
        """The next sound; None when all had their turn."""
        with self._turn:
            while not self._page and not self._ended:
                self._turn_page()
            return self._page.pop(0) if self._page else None

    def _turn_page(self) -> None:
        with self._library.catalog.read() as session:
            files = unanalysed_files(session, self._after, PAGE)
        if self._wrapped:
            files = [file for file in files if file.sound_id <= self._began]
        if files:
            self._page = [
                UnanalysedSound(sound_id, tuple(self._item(file) for file in of_one))
                for sound_id, of_one in groupby(files, lambda file: file.sound_id)
            ]
            self._after = self._page[-1].id
        elif self._wrapped:
            self._ended = True
        else:
            self._wrapped, self._after = True, ""

    def _item(self, file: SoundFile) -> WorkItem:
        path = self._library.paths.local(file.path)
        return WorkItem(file.location_id, path, file.size, file.mtime_ns)
