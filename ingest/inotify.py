"""inotify that tells when it fails: watchdog passes over folders that it cannot watch."""

from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)

from ingest.hints import Hints
from ingest.native_events import LIMITS, explain


class _TellingInotify(InotifyFD):
    def __init__(self, hints: Hints) -> None:
        super().__init__()
        self._hints = hints

    def add_callback(
        self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId
    ) -> WatchDescriptor:
        """Watch a folder; a limit of the system's is told."""
        try:
            return super().add_callback(path, mask, callback, id_)
        except OSError as error:
            if error.errno in LIMITS:
                self._hints.fail(explain(error))
            raise

    def handle_event(self, event: InotifyEvent) -> None:
        """Hand on an event; that some were lost is told."""
        super().handle_event(event)
        if event.is_queue_overflow:
            self._hints.add_everything()


class _Observer(BaseObserver):
    """An observer with an inotify instance of its own."""

    def __init__(self, hints: Hints) -> None:
        self._inotify = _TellingInotify(hints)
        self._inotify.start()
        super().__init__(InotifyEmitter, inotify_fd=self._inotify)

    def on_thread_stop(self) -> None:
        """Close the instance."""
        super().on_thread_stop()
        self._inotify.stop()


def telling_observer(hints: Hints) -> BaseObserver:
    """An observer that tells ``hints`` of lost events and of folders that cannot be watched.

    Raises:
        OSError: there can be no more inotify instances.
    """
    return _Observer(hints)
