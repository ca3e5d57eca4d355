"""Locations: what a scan compares with the disk, and what it writes down.

Everything here may be done twice, or by two scans at once: rows are written by what they are, and
the next scan finds what another one has changed meanwhile.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Priority, Work, utc_now
from foundsound.catalog.path_lookup import lies_at
from foundsound.catalog.paths import named_cat_id, path_key
from foundsound.catalog.quarantine import forgive
from foundsound.catalog.queue import database_now
from foundsound.catalog.upsert import insert_missing_rows
from foundsound.catalog.words import mark_words_of_files_stale

BATCH = 1000  # rows in one statement; SQLite takes at most 32,766 parameters


class SeenFile(NamedTuple):
    """A file as the scan met it: path relative to the root, and the stat that tells a change."""

    raw_path: bytes
    size: int
    mtime_ns: int
    device: int | None = None  # both as 64 bits with sign, as databases have them
    inode: int | None = None
    ctime_ns: int = 0
    names: int = 1  # hard links


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
        status.st_nlink,
    )


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def add_files(
    session: Session, root_id: int, files: Sequence[SeenFile], queued: Queued = AS_NEW
) -> list[int]:
    """Write down files never seen before as work to do; returns their ids in the same order.

    A file that another scan wrote down meanwhile stays as it is.
    """
    now = database_now(session)
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
        there = there.where(Location.root_id == root_id, lies_at(session, paths))
        ids.update((raw, id_) for raw, id_ in session.execute(there))
    return [ids[file.raw_path] for file in files]


def mark_changed(
    session: Session, files: Sequence[tuple[int, SeenFile]], queued: Queued = AS_NEW
) -> None:
    """Files with a new size or time: no longer the sound they were, whatever happens next.

    Which one they were is remembered: often nothing but the time is new, see change_triggers.py.
    They start anew, whoever has them in hand; and a content that was refused is given another try,
    because who touched its file may have reason to hope.
    """
    now = database_now(session)
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        ids = [location_id for location_id, _ in batch]
        forgive(session, ids)
        mark_words_of_files_stale(session, ids)
        were = update(Location).where(Location.id.in_(ids), Location.sound_id.is_not(None))
        there = Location.missing_since.is_(None)
        session.execute(were.where(there).values(formerly=Location.sound_id))
        rows = [
            {
                "id": location_id,
                "size": file.size,
                "mtime_ns": file.mtime_ns,
                "device": file.device,
                "inode": file.inode,
                "sound_id": None,
                "missing_since": None,
                "work": Work.PENDING,
                "due_at": now,
                "lease_owner": None,
                **queued._asdict(),
            }
            for location_id, file in batch
        ]
        session.execute(update(Location), rows)


def refresh_identities(session: Session, files: Sequence[tuple[int, SeenFile]]) -> None:
    """Device and inode of unchanged files, which a new mount may have numbered anew."""
    rows = [{"id": id_, "device": file.device, "inode": file.inode} for id_, file in files]
    if rows:
        session.execute(update(Location), rows)


def mark_missing(session: Session, root_id: int, location_ids: Iterable[int]) -> None:
    """Tombstone files that are gone; what was learnt of them stays for their return.

    Those are left out that have moved to another root meanwhile.
    """
    of_root = select(Location.id).where(Location.root_id == root_id)
    ids = [
        id_
        for batch in _batches(list(location_ids))
        for id_ in session.scalars(of_root.where(Location.id.in_(batch)))
    ]
    _update_each(session, ids, missing_since=utc_now(), formerly=None)
    mark_words_of_files_stale(session, ids)


def mark_found(session: Session, location_ids: Iterable[int]) -> None:
    """Files that are back where they were, unchanged."""
    ids = list(location_ids)
    _update_each(session, ids, missing_since=None)
    mark_words_of_files_stale(session, ids)


def _update_each(session: Session, location_ids: Iterable[int], **values: object) -> None:
    for batch in _batches(list(location_ids)):
        session.execute(update(Location).where(Location.id.in_(batch)).values(**values))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
