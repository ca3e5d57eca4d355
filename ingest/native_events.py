"""What the operating system tells of changes, through watchdog: inotify, FSEvents, kqueue."""

import errno
import os
import sys

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver

from foundsound.audio.formats import is_audio_name
from ingest.hints import Hints

# Not those of opening and reading: a worker that reads a file would tell of itself.
EVENTS: list[type[FileSystemEvent]] = [
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
LIMITS = {
    errno.ENOSPC: "fs.inotify.max_user_watches",
    errno.EMFILE: "fs.inotify.max_user_instances",
    errno.ENFILE: "fs.file-max",
}


class NativeEvents:
    """Fills ``hints`` with what happens below a root. A context manager.

    Lost events and folders that cannot be watched are told to ``hints`` as well.

    Raises:
        OSError: the root cannot be watched at all; :func:`explain` makes a sentence of it.
    """

    def __init__(self, root: bytes, hints: Hints) -> None:
        self._observer = _observer(hints)
        self._observer.schedule(
            _Handler(hints), os.fsdecode(root), recursive=True, event_filter=EVENTS
        )
        try:
            self._observer.start()
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> "NativeEvents":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join(5)


class _Handler(FileSystemEventHandler):
    def __init__(self, hints: Hints) -> None:
        self._hints = hints

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the places of a change."""
        for path in (event.src_path, event.dest_path):
            if path and (event.is_directory or is_audio_name(os.fsdecode(path))):
                self._hints.add(os.fsencode(path))


def explain(error: OSError) -> str:
    """Why the system will not tell of changes, and what to do."""
    limit = LIMITS.get(error.errno or 0)
    if limit is None:
        return f"The system will not tell of changes: {error.strerror}."
    return (
        f"The system will not tell of changes in so many folders; raise {limit} "
        "(sysctl), then pause and resume the root."
    )


def _observer(hints: Hints) -> BaseObserver:
    if not sys.platform.startswith("linux"):
        from watchdog.observers import Observer

        return Observer()
    from ingest.inotify import telling_observer

    return telling_observer(hints)
