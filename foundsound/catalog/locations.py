"""Locations: what a scan compares with the disk, and what it writes down.

Everything here may be done twice, or by two scans at once: rows are written by what they are, and
the next scan finds what another one has changed meanwhile.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Priority, SoundWindows, Work, utc_now
from foundsound.catalog.paths import named_cat_id, path_key
from foundsound.catalog.upsert import insert_missing_rows

BATCH = 1000  # rows in one statement; SQLite takes at most 32,766 parameters
PAGE = 2000  # rows read at once


class SeenFile(NamedTuple):
    """A file as the scan met it: path relative to the root, and the stat that tells a change."""

    raw_path: bytes
    size: int
    mtime_ns: int
    device: int | None = None  # both as 64 bits with sign, as databases have them
    inode: int | None = None
    ctime_ns: int = 0


class KnownFile(NamedTuple):
    """What the catalogue remembers of a file."""

    raw_path: bytes
    id: int
    size: int
    mtime_ns: int
    device: int | None
    inode: int | None
    missing: bool


class Queued(NamedTuple):
    """How a file that needs work is put into the queue."""

    work_space: int  # see :func:`foundsound.catalog.queue.work_space`
    priority: Priority


AS_NEW = Queued(0, Priority.NEW)


def seen_file(raw_path: bytes, status: os.stat_result) -> SeenFile:
    """A file by its stat."""
    return SeenFile(
        raw_path,
        status.st_size,
        status.st_mtime_ns,
        _signed(status.st_dev),
        _signed(status.st_ino),
        status.st_ctime_ns,
    )


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


class KnownFiles:
    """The files that the catalogue has in a stretch of paths, in order, a page at a time.

    Args:
        start: the first path, inclusive.
        end: the first path beyond; None = to the root's end.
    """

    def __init__(
        self, catalog: Catalog, root_id: int, start: bytes = b"", end: bytes | None = None
    ) -> None:
        self._catalog = catalog
        self._query = (
            select(
                Location.raw_path,
                Location.id,
                Location.size,
                Location.mtime_ns,
                Location.device,
                Location.inode,
                Location.missing_since.is_not(None),
            )
            .where(Location.root_id == root_id)
            .order_by(Location.raw_path)
            .limit(PAGE)
        )
        if end is not None:
            self._query = self._query.where(Location.raw_path < end)
        self._rows: Iterator[KnownFile] = self._from(start)
        self._next = next(self._rows, None)

    @property
    def next(self) -> KnownFile | None:
        """The file that :meth:`take` returns; None at the end."""
        return self._next

    def take(self) -> KnownFile:
        """The next file."""
        assert self._next is not None
        taken, self._next = self._next, next(self._rows, None)
        return taken

    def skip_to(self, raw_path: bytes) -> None:
        """Go on with the first file at or after this path."""
        if self._next is not None and self._next.raw_path < raw_path:
            self._rows = self._from(raw_path)
            self._next = next(self._rows, None)

    def _from(self, start: bytes) -> Iterator[KnownFile]:
        query = self._query.where(Location.raw_path >= start)
        while True:
            # A page is a transaction of its own: none is held open while the disk is looked at.
            with self._catalog.read() as session:
                page = [KnownFile._make(row) for row in session.execute(query)]
            yield from page
            if len(page) < PAGE:
                return
            query = self._query.where(Location.raw_path > page[-1].raw_path)


def add_files(
    session: Session, root_id: int, files: Sequence[SeenFile], queued: Queued = AS_NEW
) -> list[int]:
    """Write down files never seen before as work to do; returns their ids in the same order.

    A file that another scan wrote down meanwhile stays as it is.
    """
    now = utc_now()
    ids: dict[bytes, int] = {}
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        rows = [
            {
                "root_id": root_id,
                "raw_path": file.raw_path,
                "path": path_key(file.raw_path),
                "cat_id": named_cat_id(file.raw_path),
                "size_bytes": file.size,
                "mtime_ns": file.mtime_ns,
                "device": file.device,
                "inode": file.inode,
                "due_at": now,
                **queued._asdict(),
            }
            for file in batch
        ]
        insert_missing_rows(session, Location, rows)
        paths = [file.raw_path for file in batch]
        there = select(Location.raw_path, Location.id)
        there = there.where(Location.root_id == root_id, Location.raw_path.in_(paths))
        ids.update((raw, id_) for raw, id_ in session.execute(there))
    return [ids[file.raw_path] for file in files]


def mark_changed(
    session: Session, files: Sequence[tuple[int, SeenFile]], queued: Queued = AS_NEW
) -> None:
    """Files with a new size or time: no longer the sound they were, whatever happens next.

    A worker that has one in hand loses its claim.
    """
    now = utc_now()
    rows = [
        {
            "id": location_id,
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "device": file.device,
            "inode": file.inode,
            "sound_id": None,
            "error": None,
            "missing_since": None,
            "work": Work.PENDING,
            "attempts": 0,
            "due_at": now,
            "lease_owner": None,
            **queued._asdict(),
        }
        for location_id, file in files
    ]
    if rows:
        session.execute(update(Location), rows)


def refresh_identities(session: Session, files: Sequence[tuple[int, SeenFile]]) -> None:
    """Device and inode of unchanged files, which a new mount may have numbered anew."""
    rows = [{"id": id_, "device": file.device, "inode": file.inode} for id_, file in files]
    if rows:
        session.execute(update(Location), rows)


def mark_missing(session: Session, location_ids: Iterable[int]) -> None:
    """Tombstone files that are gone; what was learnt of them stays for their return."""
    _update_each(session, location_ids, missing_since=utc_now())


def mark_found(session: Session, location_ids: Iterable[int]) -> None:
    """Files that are back where they were, unchanged."""
    _update_each(session, location_ids, missing_since=None)
def mark_unreadable(session: Session, location_id: int, reason: str) -> None:
    """A file that cannot be read now; the next run tries it again.

    A sound that was embedded before keeps its place: its vectors still find it.
    """
    embedded = select(SoundWindows.sound_id).where(SoundWindows.sound_id == Location.sound_id)
    session.execute(
        update(Location)
        .where(Location.id == location_id)
        .values(error=reason, sound_id=case((embedded.exists(), Location.sound_id), else_=None))
    )


def _update_each(session: Session, location_ids: Iterable[int], **values: object) -> None:
    ids = list(location_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        session.execute(update(Location).where(Location.id.in_(batch)).values(**values))
