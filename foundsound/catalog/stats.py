"""Counts over the catalogue."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, Sound, SoundWindows
from foundsound.catalog.quarantine import count_failed


@dataclass(frozen=True)
class CatalogStats:
    """What the library holds."""

    roots: tuple[bytes, ...]
    files: int  # locations that are present
    indexed: int  # sounds with a file at hand that can be found
    pending: int  # files that wait for a worker, or are in its hands
    failed: int  # files in quarantine
    missing_files: int
    unreadable_files: int  # could not be taken, and are tried again
    audio_s: float  # of indexed sounds


@dataclass(frozen=True)
class Problem:
    """A file that a scan could not look at, and why."""

    path: bytes
    reason: str


def catalog_stats(session: Session, space_id: int | None) -> CatalogStats:
    """Count everything once; sounds count as indexed when they are in the given space."""
    present = Location.missing_since.is_(None)
    at_hand = select(Location.id).where(Location.sound_id == Sound.id, present).exists()

    def count(query: Select[int]) -> int:
        return session.scalar(query) or 0

    files = select(func.count()).select_from(Location)
    embedded = select(func.count(), func.sum(Sound.duration_s)).join(
        SoundWindows, and_(SoundWindows.sound_id == Sound.id, SoundWindows.space_id == space_id)
    )
    indexed, audio_s = session.execute(embedded.where(at_hand)).one()
    failed, unreadable = count_failed(session)
    waiting = files.where(present, Location.work_space == 0, Location.due_at.is_not(None))
    return CatalogStats(
        roots=tuple(session.scalars(select(Root.path).order_by(Root.id))),
        files=count(files.where(present)),
        indexed=indexed,
        pending=count(waiting),
        failed=failed,
        missing_files=count(files.where(~present)),
        unreadable_files=unreadable,
        audio_s=audio_s or 0.0,
    )
