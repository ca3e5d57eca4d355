"""The map as bytes to send, packed once for all who look at it."""

import gzip
import threading
import time
from dataclasses import dataclass
from hashlib import blake2b

from foundsound.library import Library
from foundsound.map.keeper import MapKeeper, MapState
from foundsound.map.report import report_map

KEPT_S = 60.0  # names and categories may change while the places stay
LEVEL = 6  # of gzip


@dataclass(frozen=True)
class Packed:
    """A map as it is sent."""

    of: tuple[MapState, str]  # how far it is, and the layout's version
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
        """The map as it is now."""
        told, layout = self._keeper.look()
        with self._packing:
            this = (told, layout.version if layout else "")
            kept = self._packed
            fresh = kept is not None and time.monotonic() < kept.made_at + KEPT_S
            if kept is None or not fresh or kept.of != this:
                with self._library.catalog.read() as session:
                    report = report_map(session, told, layout, self._library.embedder.name)
                body = gzip.compress(report.model_dump_json().encode(), LEVEL, mtime=0)
                tag = blake2b(body, digest_size=16).hexdigest()
                kept = self._packed = Packed(this, tag, body, time.monotonic())
            return kept
