"""Renditions, waveform peaks and spectrograms of sounds, made when somebody asks for them."""

import re
import threading
from concurrent.futures import Future
from pathlib import Path

from foundsound.media.derived_files import DerivedFiles
from foundsound.media.worker import MediaWorker
from foundsound.media.works import RENDITION, WORKS, Product, products_of
from foundsound.settings import Settings

SOUND_ID = re.compile(r"[0-9a-f]{32}")
FOLDER = "media"  # in the library's own


class Media:
    """Makes each file once, however many ask for it at the same time. Thread-safe.

    Each kind of work has a child of its own: who wants to hear waits for no picture.
    """

    def __init__(self, settings: Settings) -> None:
        self._files = DerivedFiles(settings.data_dir / FOLDER, settings.media_cache_bytes)
        self._workers = {work: MediaWorker(settings) for work in WORKS}
        self._under_way: dict[str, Future[None]] = {}
        self._lock = threading.RLock()  # a future that is done calls back at once

    def find(self, product: Product, sound_id: str) -> Path | None:
        """The file, if it was made already; it needs the sound's own file no more."""
        if not SOUND_ID.fullmatch(sound_id):  # it becomes part of a path
            return None
        return self._files.find(product.name(sound_id))

    def make(self, product: Product, sound_id: str, path: bytes) -> "Future[None]":
        """Begin to make it of the sound's file, unless that is under way.

        The future raises:
            AudioError, OutOfBounds: the file is no usable audio, or too much to decode.
            FileUnavailable: it cannot be read now.
        """
        key = f"{sound_id}.{product.work}"
        with self._lock:
            future = self._under_way.get(key)
            if future is None:
                worker = self._workers[product.work]
                self._workers[RENDITION.work].warm()  # who looks at sounds will listen to one
                future = worker.submit(lambda: self._make(worker, product, sound_id, path))
                self._under_way[key] = future
                future.add_done_callback(lambda _: self._forget(key))
        return future

    def close(self) -> None:
        """End the children."""
        for worker in self._workers.values():
            worker.close()

    def _make(self, worker: MediaWorker, product: Product, sound_id: str, path: bytes) -> None:
        if self.find(product, sound_id):
            return  # made between the look and the request
        with self._files.unfinished() as folder:
            worker.ask(product.work, path, folder)
            for each in products_of(product.work):
                self._files.keep(folder / each.part, each.name(sound_id))

    def _forget(self, key: str) -> None:
        with self._lock:
            self._under_way.pop(key, None)
