"""Counts over the catalogue, and the quarantine list."""

import os
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, Sound, SoundState, SoundWindows


@dataclass(frozen=True)
class CatalogStats:
    """What the library holds."""

    roots: tuple[bytes, ...]
    files: int  # locations that are present
    indexed: int  # sounds with a file at hand that can be found
    pending: int  # known, but not embedded yet
    failed: int  # in quarantine for their content
    missing_files: int
    unreadable_files: int
    audio_s: float  # of indexed sounds


@dataclass(frozen=True)
class Problem:
    """A file that could not be used, and why."""

    path: bytes
    reason: str


def catalog_stats(session: Session, space_id: int | None) -> CatalogStats:
    """Count everything once; sounds count as indexed when they are in the given space."""
    present = Location.missing_since.is_(None)
    at_hand = select(Location.id).where(Location.sound_id == Sound.id, present).exists()
    failed_here = Sound.state == SoundState.FAILED

    def count(query: Select[int]) -> int:
        return session.scalar(query) or 0

    sounds = select(func.count()).select_from(Sound).where(at_hand)
    files = select(func.count()).select_from(Location)
    embedded = select(func.count(), func.sum(Sound.duration_s)).join(
        SoundWindows, and_(SoundWindows.sound_id == Sound.id, SoundWindows.space_id == space_id)
    )
    indexed, audio_s = session.execute(embedded.where(at_hand)).one()
    failed = count(sounds.where(failed_here))
    return CatalogStats(
        roots=tuple(session.scalars(select(Root.path).order_by(Root.id))),
        files=count(files.where(present)),
        indexed=indexed,
        pending=count(sounds) - indexed - failed,
        failed=failed,
        missing_files=count(files.where(~present)),
        unreadable_files=count(files.where(present, Location.error.is_not(None))),
        audio_s=audio_s or 0.0,
    )


def problems(session: Session, limit: int) -> list[Problem]:
    """Files in quarantine, those found last first."""
    reason = func.coalesce(Location.error, Sound.error)
    rows = session.execute(
        select(Root.path, Location.raw_path, reason)
        .select_from(Location)
        .join(Root)
        .outerjoin(Sound, Sound.id == Location.sound_id)
        .where(Location.missing_since.is_(None), reason.is_not(None))
        .order_by(Location.id.desc())
        .limit(limit)
    )
    return [Problem(os.path.join(root, raw), why) for root, raw, why in rows]
