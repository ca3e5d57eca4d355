"""Watches all roots that are to be watched, as the catalogue has them."""

import logging
import threading
import time

from foundsound.catalog.database import Catalog
from foundsound.catalog.root_state import RootSettings, watched_roots
from foundsound.errors import FoundsoundError
from foundsound.outage_log import OutageLog
from foundsound.path_map import PathMap
from foundsound.pulse import Pulse
from foundsound.settings import Settings
from ingest.root_watcher import RootWatcher

LOOK_S = 1.0  # how soon a root that was added, changed or paused is noticed
END_S = 5.0  # for all watchers together; one that a dead drive holds up is left behind

log = logging.getLogger(__name__)


class Watching:
    """A thread that starts and ends a watcher for each root.

    Two of them on one catalogue do the same work twice and no harm: see catalog/locations.py.
    """

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings
        self._places = PathMap(settings.path_map)
        self._watchers: dict[int, RootWatcher] = {}
        self.pulse = Pulse("watcher")
        self._outages = OutageLog(log)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """End, and wait for it."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(2 * END_S)

    def ask_to_stop(self) -> None:
        """End soon."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.pulse.turn()
            try:
                with self._catalog.read() as session:
                    roots = watched_roots(session)
                self._follow({root.id: root for root in roots if self._is_here(root)})
                self.pulse.waits_for = ""
                self._outages.worked("The roots can be read again.")
            except FoundsoundError as error:
                self.pulse.waits_for = str(error)
                self._outages.failed(f"The roots cannot be read now: {error}")
            except Exception:
                log.exception("the roots cannot be read now")
            self._stop.wait(LOOK_S)
        self._end(list(self._watchers.values()))

    def _is_here(self, root: RootSettings) -> bool:
        # Elsewhere it lies on another mount: it would look like a drive that is off.
        return self._places.local(root.path) == root.path

    def _follow(self, roots: dict[int, RootSettings]) -> None:
        ended = []
        for id_, watcher in list(self._watchers.items()):
            root = roots.get(id_)
            if root is None or _wanted(root) != _wanted(watcher.root):
                ended.append(self._watchers.pop(id_))
            elif root.accepts_loss and not watcher.root.accepts_loss:
                watcher.scan_soon()
        self._end(ended)
        for id_, root in roots.items():
            if id_ not in self._watchers:
                watcher = self._watchers[id_] = RootWatcher(self._catalog, self._settings, root)
                watcher.start()

    def _end(self, watchers: list[RootWatcher]) -> None:
        until = time.monotonic() + END_S
        for watcher in watchers:
            watcher.ask_to_stop()
        for watcher in watchers:
            watcher.join(max(0.0, until - time.monotonic()))


def _wanted(root: RootSettings) -> tuple[object, ...]:
    return root.path, root.mode, root.interval_s, root.ignored, root.marker
