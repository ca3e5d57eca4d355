"""Keeps the catalogue up to date with one root, as it is told where to look."""

import logging
import threading

from foundsound.catalog.database import Catalog
from foundsound.catalog.paths import path_text
from foundsound.catalog.root_state import RootSettings, root_settings
from foundsound.settings import Settings
from ingest.findings import Found
from ingest.scan import Scan, scan_parts, scan_root
from ingest.stability import StabilityTracker

log = logging.getLogger(__name__)


class RootSync:
    """Looks at a root, or parts of it; files that are being written are left until they rested.

    Args:
        stop: set it to end a scan early.
    """

    def __init__(
        self,
        catalog: Catalog,
        settings: Settings,
        root: RootSettings,
        tracker: StabilityTracker,
        stop: threading.Event,
    ) -> None:
        self.root = root  # as it was when it was last looked at
        self.offline = False
        self._catalog = catalog
        self._share = settings.vanished_share
        self._tracker = tracker
        self._stop = stop

    def scan(self) -> None:
        """Look at everything."""
        self._tracker.overflowed = False
        due = self._tracker.due()
        if (scan := self._new_scan()) is not None:
            self._take(scan_root(scan), due)

    def look_at(self, raw_paths: list[bytes]) -> None:
        """Look at these paths, relative to the root, and at files that should have rested by now.

        A file that is being written tells of itself all the time; it is looked at when it is due.
        """
        due = self._tracker.due()
        parts = {raw for raw in raw_paths if raw not in self._tracker} | set(due)
        if parts and (scan := self._new_scan()) is not None:
            self._take(scan_parts(scan, sorted(parts)), due)

    @property
    def wants_scan(self) -> bool:
        """True when files could not be tracked, and there is room for them now."""
        return self._tracker.overflowed and not len(self._tracker)

    def wait_s(self) -> float | None:
        """Seconds until a file should have rested; None when none is waited for."""
        return self._tracker.wait_s()

    def _new_scan(self) -> Scan | None:
        with self._catalog.read() as session:
            root = root_settings(session, self.root.id)
        if root is None:
            return None  # removed meanwhile
        self.root = root
        return Scan(self._catalog, root, self._share, hold=self._tracker.hold, stop=self._stop)

    def _take(self, found: Found, due: list[bytes]) -> None:
        if not self._stop.is_set():
            self._tracker.forget(due)
        if found.offline and not self.offline:
            log.warning("%s is offline: %s", path_text(self.root.path), found.offline)
        self.offline = bool(found.offline)
        if found.new or found.changed or found.moved or found.returned:
            self._catalog.signal.notify()
