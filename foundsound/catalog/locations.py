"""Locations: what a scan compares with the disk, and what it writes down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound, SoundState, SoundWindows, utc_now
from foundsound.catalog.paths import named_cat_id, path_key
from foundsound.catalog.words import mark_words_of_files_stale

INDEXED_BYTES = 512  # of a path, see migration 0001
BATCH = 1000  # rows in one statement; SQLite takes at most 32,766 parameters


@dataclass(frozen=True, slots=True)
class KnownLocation:
    """What the catalogue remembers of a file."""

    id: int
    size: int
    mtime_ns: int
    settled: bool  # embedded in the space, or refused for its content: no work unless it changed
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
    embedded = and_(SoundWindows.sound_id.is_not(None), Location.error.is_(None))
    settled = or_(Sound.state == SoundState.FAILED, embedded)
    query = (
        select(
            Location.raw_path,
            Location.id,
            Location.size,
            Location.mtime_ns,
            settled,
            Location.missing_since.is_not(None),
        )
        .outerjoin(Sound, Sound.id == Location.sound_id)
        .outerjoin(
            SoundWindows,
            and_(SoundWindows.sound_id == Sound.id, SoundWindows.space_id == space_id),
        )
        .where(Location.root_id == root_id)
    )
    if folder:
        query = query.where(or_(Location.raw_path == folder, lies_below(folder)))
    return {
        raw: KnownLocation(id_, size, mtime_ns, bool(done), missing)
        for raw, id_, size, mtime_ns, done, missing in session.execute(query)
    }


def lies_below(folder: bytes) -> ColumnElement[bool]:
    """Condition on Location: its path lies below ``folder`` (relative to the root, not empty)."""
    first, after = folder + b"/", folder + b"0"  # b"0" follows b"/": a range, as an index serves it
    start = func.substr(Location.raw_path, 1, INDEXED_BYTES)  # PostgreSQL's index has no more
    return and_(
        Location.raw_path >= first,
        Location.raw_path < after,
        start >= first[:INDEXED_BYTES],
        start <= after[:INDEXED_BYTES],
    )


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
    """Files with a new size or time: no longer the sound they were, whatever happens next."""
    rows = [
        {
            "id": location_id,
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "sound_id": None,
            "error": None,
            "missing_since": None,
        }
        for location_id, file in files
    ]
    mark_words_of_files_stale(session, [location_id for location_id, _ in files])
    if rows:
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
