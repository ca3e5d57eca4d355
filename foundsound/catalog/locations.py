"""Locations: what a scan compares with the disk, and what it writes down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, SoundWindows, Work, utc_now
from foundsound.catalog.paths import named_cat_id, path_key
from foundsound.catalog.quarantine import forgive
from foundsound.catalog.queue import work_space
from foundsound.catalog.scope import Scope
from foundsound.catalog.words import mark_words_of_files_stale

BATCH = 1000  # rows in one statement; SQLite takes at most 32,766 parameters


@dataclass(frozen=True, slots=True)
class KnownLocation:
    """What the catalogue remembers of a file."""

    id: int
    size: int
    mtime_ns: int
    settled: bool  # embedded in the space, or in quarantine: no work unless it changed
    missing: bool


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as the scan met it: path relative to the root, and the stat that tells a change."""

    raw_path: bytes
    size: int
    mtime_ns: int


def known_locations(
    session: Session, root_id: int, folder: bytes, space_id: int
) -> dict[bytes, KnownLocation]:
    """Everything remembered at or below ``folder`` (relative to the root; ``b""`` = the root)."""
    done: list[ColumnElement[bool]] = [SoundWindows.sound_id.is_not(None)]
    if work_space(session, space_id) == 0:  # the queue's rows speak of the active space
        for_another = and_(Location.work_space != 0, Location.error.is_(None))
        done.append(or_(Location.work == Work.SETTLED, for_another))
    settled = or_(Location.work == Work.FAILED, and_(*done))
    query = (
        select(
            Location.raw_path,
            Location.id,
            Location.size,
            Location.mtime_ns,
            settled,
            Location.missing_since.is_not(None),
        )
        .outerjoin(
            SoundWindows,
            and_(SoundWindows.sound_id == Location.sound_id, SoundWindows.space_id == space_id),
        )
        .where(Scope(root_id, folder).holds())
    )
    return {
        raw: KnownLocation(id_, size, mtime_ns, bool(done), missing)
        for raw, id_, size, mtime_ns, done, missing in session.execute(query)
    }


def add_files(session: Session, root_id: int, files: Sequence[SeenFile]) -> list[int]:
    """Write down files never seen before as work to do; returns their ids in the same order."""
    added = insert(Location).returning(Location.id, sort_by_parameter_order=True)
    ids: list[int] = []
    for start in range(0, len(files), BATCH):
        rows = [
            {
                "root_id": root_id,
                "raw_path": file.raw_path,
                "path": path_key(file.raw_path),
                "cat_id": named_cat_id(file.raw_path),
                "size": file.size,
                "mtime_ns": file.mtime_ns,
            }
            for file in files[start : start + BATCH]
        ]
        ids += session.scalars(added, rows)
    return ids


def mark_changed(session: Session, files: Sequence[tuple[int, SeenFile]]) -> None:
    """Files with a new size or time: no longer the sound they were, whatever happens next.

    They start anew, whoever has them in hand; and a content that was refused is given another try,
    because who touched its file may have reason to hope.
    """
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        ids = [location_id for location_id, _ in batch]
        forgive(session, ids)
        mark_words_of_files_stale(session, ids)
        rows = [
            {
                "id": location_id,
                "size": file.size,
                "mtime_ns": file.mtime_ns,
                "sound_id": None,
                "missing_since": None,
                "work": Work.PENDING,
                "work_space": 0,
                "due_at": utc_now(),
                "lease_owner": None,
            }
            for location_id, file in batch
        ]
        session.execute(update(Location), rows)


def mark_missing(session: Session, location_ids: Iterable[int]) -> None:
    """Tombstone files that are gone; what was learnt of them stays for their return."""
    ids = list(location_ids)
    _update_each(session, ids, missing_since=utc_now())
    mark_words_of_files_stale(session, ids)


def mark_found(session: Session, location_ids: Iterable[int]) -> None:
    """Files that are back where they were, unchanged."""
    ids = list(location_ids)
    _update_each(session, ids, missing_since=None)
    mark_words_of_files_stale(session, ids)


def _update_each(session: Session, location_ids: Iterable[int], **values: object) -> None:
    ids = list(location_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        session.execute(update(Location).where(Location.id.in_(batch)).values(**values))
