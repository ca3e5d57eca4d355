"""The map as bytes to send, packed once for all who look at it."""

import gzip
import threading
import time
from dataclasses import dataclass
from hashlib import blake2b

from foundsound.library import Library
from foundsound.map.keeper import MapKeeper, MapState
from foundsound.map.report import report_map

KEPT_S = 60.0  # at least: names and categories may change all the time, while the places stay
LEVEL = 6  # of gzip


@dataclass(frozen=True)
class Packed:
    """A map as it is sent."""

    of: tuple[MapState, str, str]  # how far it is, the layout's version, the space
    catalogue: object  # its version
    tag: str
    body: bytes  # gzip
    made_at: float


class PackedMap:
    """The map that was packed last. Thread-safe."""

    def __init__(self, library: Library, keeper: MapKeeper) -> None:
        self._library = library
        self._keeper = keeper
        self._packed: Packed | None = None
        self._packing = threading.Lock()

    def now(self) -> Packed:
        """The map as it is now; of names and categories, as they were ``KEPT_S`` ago or later."""
        told, layout = self._keeper.look()
        with self._packing:
            this = (told, layout.version if layout else "", self._library.space_key)
            kept = self._packed
            if kept is None or kept.of != this or self._has_changed_since(kept):
                version = self._library.catalog.version()  # before: what comes meanwhile is new
                with self._library.catalog.read() as session:
                    report = report_map(session, told, layout, self._library.embedder.name)
                body = gzip.compress(report.model_dump_json().encode(), LEVEL, mtime=0)
                tag = blake2b(body, digest_size=16).hexdigest()
                kept = self._packed = Packed(this, version, tag, body, time.monotonic())
            return kept

    def _has_changed_since(self, packed: Packed) -> bool:
        if time.monotonic() < packed.made_at + KEPT_S:
            return False
        return self._library.catalog.version() != packed.catalogue
