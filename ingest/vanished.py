"""Files that were not met: deleted, hidden by a pattern, or on a drive that is off."""

import os
from array import array
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import mark_missing
from foundsound.catalog.models import Location
from foundsound.catalog.paths import contains
from foundsound.catalog.root_state import files_at_hand
from foundsound.ignore_rules import IgnoreRules
from ingest.presence import is_gone, lost_target

BATCH = 1000
FEW = 10  # so few may be deleted at once, whatever share of a small root they are


class Vanished:
    """Of the files that a scan did not meet, those that are not there.

    Each is looked for once more: it may have been moved meanwhile, or lie where the scan could
    not look.

    Args:
        gone: ids of locations.
        closed: folders, relative to the root, whose files count as there.
        off: of these, those that cannot be reached.
    """

    def __init__(
        self,
        catalog: Catalog,
        root_id: int,
        root_path: bytes,
        rules: IgnoreRules,
        gone: "array[int]",
        closed: frozenset[bytes],
        off: frozenset[bytes],
    ) -> None:
        self._catalog = catalog
        self._root_id = root_id
        self._root_path = root_path
        self._real_root = os.path.realpath(root_path)
        self._rules = rules
        self._closed = closed
        self._off = off
        self.hidden = array("q")
        self.deleted = array("q")
        for start in range(0, len(gone), BATCH):
            self._look(gone[start : start + BATCH])

    def is_suspicious(self, share: float) -> bool:
        """True when so much is gone at once that a drive is off rather than files deleted.

        Args:
            share: of the root's files that may be gone.
        """
        gone = len(self.deleted) - self._met_elsewhere()
        if not gone:
            return False
        enough = None if gone >= FEW else gone + len(self.hidden) + 1
        with self._catalog.read() as session:
            count = files_at_hand(session, self._root_id, enough) - len(self.hidden)
        return gone >= count or (gone >= FEW and gone > share * count)

    def _met_elsewhere(self) -> int:
        """How many another root has met: they were moved there."""
        met = aliased(Location)
        same = (met.inode == Location.inode, met.device == Location.device)
        unchanged = (met.size == Location.size, met.mtime_ns == Location.mtime_ns)
        there = (met.root_id != self._root_id, met.missing_since.is_(None))
        moved = select(met.id).where(*same, *unchanged, *there).exists()
        with self._catalog.read() as session:
            counts = [
                session.scalar(select(func.count()).where(Location.id.in_(batch), moved)) or 0
                for batch in _batches(self.deleted)
            ]
        return sum(counts)

    def bury(self) -> int:
        """Make tombstones of them; returns how many."""
        for ids in (self.hidden, self.deleted):
            for batch in _batches(ids):
                with self._catalog.write() as session:
                    mark_missing(session, self._root_id, batch)
        return len(self.hidden) + len(self.deleted)

    def _look(self, ids: "array[int]") -> None:
        query = select(Location.id, Location.raw_path).where(
            Location.id.in_(list(ids)),
            Location.root_id == self._root_id,
            Location.missing_since.is_(None),
        )
        with self._catalog.read() as session:
            rows = session.execute(query).all()
        for id_, raw_path in rows:
            if _lies_in(self._closed, raw_path):
                continue
            if self._rules.ignores_below(raw_path):
                self.hidden.append(id_)
            elif self._is_deleted(os.path.join(self._root_path, raw_path)):
                self.deleted.append(id_)

    def _is_deleted(self, path: bytes) -> bool:
        """A link goes with the file that it led to, if that lay at hand."""
        if is_gone(path):
            return True
        target = lost_target(path, self._real_root)
        return target is not None and not _lies_in(self._off, target)


def _lies_in(folders: Iterable[bytes], raw_path: bytes) -> bool:
    return any(contains(folder, raw_path) for folder in folders)


def _batches(ids: "array[int]") -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])
