"""Watches one root: takes what is new once it has rested, and notices when the drive goes."""

import logging
import os
import threading
import time
from contextlib import ExitStack

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import WatchedBy
from foundsound.catalog.paths import path_text
from foundsound.catalog.root_state import RootSettings, set_offline, tell_watch
from foundsound.errors import FoundsoundError
from foundsound.mounts import choose_watch, mounts
from foundsound.outage_log import OutageLog
from foundsound.settings import Settings
from ingest.availability import why_offline
from ingest.hints import Hints
from ingest.native_events import NativeEvents, explain
from ingest.root_sync import RootSync
from ingest.stability import StabilityTracker

CHECK_S = 2.0  # how often a root is looked for
GATHER_S = 0.3  # changes come in swarms: how long to wait for the rest of one
RETRY_S = 5.0  # after a failure, such as a database that is away

log = logging.getLogger(__name__)


class RootWatcher:
    """A thread that keeps the catalogue up to date with one root.

    Every root has a thread of its own, so that a file server that hangs stops no other root.
    """

    def __init__(self, catalog: Catalog, settings: Settings, root: RootSettings) -> None:
        self._catalog = catalog
        self._settings = settings
        self._hints = Hints(root.path)
        self._stop = threading.Event()
        tracker = StabilityTracker(root.path, settings.settle_s)
        self._sync = RootSync(catalog, settings, root, tracker, self._stop)
        self._thread = threading.Thread(target=self._run, name=f"watch-{root.id}", daemon=True)
        self._next_scan = 0.0
        self._absent = False  # not there at all
        self._outages = OutageLog(log)

    @property
    def root(self) -> RootSettings:
        """As it was when it was last looked at."""
        return self._sync.root

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """End soon; a scan is left where it is."""
        self._stop.set()
        self._hints.wake()

    def join(self, timeout_s: float) -> None:
        """Wait for the end; a drive that hangs may hold it up."""
        self._thread.join(timeout_s)

    def scan_soon(self) -> None:
        """Look at the whole root."""
        self._hints.add_everything()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._watch()
            except FoundsoundError as error:
                self._outages.failed(f"{path_text(self.root.path)}: {error}")
                self._stop.wait(RETRY_S)
            except Exception:
                log.exception("watching %s failed", path_text(self.root.path))
                self._stop.wait(RETRY_S)

    def _watch(self) -> None:
        """Until it is asked to stop, or the root has to be watched anew."""
        with ExitStack() as watching:
            identity = _identity(self.root.path)
            self._absent = False
            watched_by, note = choose_watch(self.root.path, mounts(), self.root.mode)
            if watched_by == "native" and identity is not None:
                # Before the scan: what happens during it is told.
                try:
                    watching.enter_context(NativeEvents(self.root.path, self._hints))
                except OSError as error:
                    watched_by, note = "polling", explain(error)
            self._tell(watched_by, note)
            interval_s = self._interval_s(watched_by)
            self._scan(interval_s)
            self._outages.worked(f"{path_text(self.root.path)} is watched again.")
            while not self._stop.is_set():
                self._hints.wait(self._wait_s())
                if self._stop.is_set() or self._has_changed(identity):
                    return
                self._stop.wait(GATHER_S)
                paths, everything, failure = self._hints.take()
                if failure and watched_by == "native":
                    watching.close()
                    watched_by = "polling"
                    self._tell(watched_by, failure)
                    interval_s = self._interval_s(watched_by)
                everything |= self._sync.wants_scan or (self._sync.offline and bool(paths))
                if everything or time.monotonic() >= self._next_scan:
                    self._scan(interval_s)
                else:
                    self._sync.look_at(paths)

    def _tell(self, watched_by: WatchedBy, note: str) -> None:
        with self._catalog.write() as session:
            tell_watch(session, self.root.id, watched_by, note)
        # Afterwards, or it would be said at each attempt while the database is away.
        log.info("%s is watched by %s: %s", path_text(self.root.path), watched_by, note)

    def _interval_s(self, watched_by: WatchedBy) -> float:
        if self.root.interval_s is not None:
            return self.root.interval_s
        return self._settings.poll_s if watched_by == "polling" else self._settings.rescan_s

    def _scan(self, interval_s: float) -> None:
        self._sync.scan()
        self._next_scan = time.monotonic() + interval_s

    def _wait_s(self) -> float:
        until_scan = max(0.0, self._next_scan - time.monotonic())
        until_due = self._sync.wait_s()
        return min(CHECK_S, until_scan, CHECK_S if until_due is None else until_due)

    def _has_changed(self, identity: tuple[int, int] | None) -> bool:
        """True when the root came, or is another folder now: events of the old one mean nothing.

        A root that is not there is offline, and looked for again.
        """
        reason = why_offline(self.root, mounts())
        if reason is not None:
            if not self._absent:
                log.warning("%s is offline: %s", path_text(self.root.path), reason)
                with self._catalog.write() as session:
                    set_offline(session, self.root.id, reason)
                self._absent = True
            return False
        return self._absent or _identity(self.root.path) != identity


def _identity(folder: bytes) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino
