"""The files of sounds: of one to be played, or of those of which something is to be learnt."""

import os
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import (
    Location,
    Root,
    Sound,
    SoundState,
    StoredAnalysis,
    StoredMetadata,
)


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file at hand of a sound."""

    sound_id: str
    location_id: int
    path: bytes
    size: int
    mtime_ns: int


def files_of(session: Session, sound_id: str) -> list[SoundFile]:
    """Every file of a sound that was there when its folder was last looked at."""
    rows = session.execute(
        select(Location.id, Root.path, Location.raw_path, Location.size, Location.mtime_ns)
        .join(Root, Root.id == Location.root_id)
        .where(Location.sound_id == sound_id, Location.missing_since.is_(None))
        .order_by(Location.id)
    )
    return [
        SoundFile(sound_id, location_id, os.path.join(root, raw), size, mtime_ns)
        for location_id, root, raw, size, mtime_ns in rows
    ]


def files_lacking(
    session: Session,
    table: type[StoredMetadata] | type[StoredAnalysis],
    version: int,
    after: str = "",
    limit: int | None = None,
) -> list[SoundFile]:
    """Files at hand of the indexed sounds without a row of ``version``, sound by sound.

    Args:
        after: only of sounds with a larger id.
        limit: of files, at most; the last sound's may not be all.
    """
    rows = session.execute(
        select(
            Sound.id, Location.id, Root.path, Location.raw_path, Location.size, Location.mtime_ns
        )
        .join(Location, Location.sound_id == Sound.id)
        .join(Root, Root.id == Location.root_id)
        .where(Sound.id > after, Location.missing_since.is_(None), _lacks(table, version))
        .order_by(Sound.id, Location.id)
        .limit(limit)
    )
    return [
        SoundFile(sound_id, location_id, os.path.join(root, raw), size, mtime_ns)
        for sound_id, location_id, root, raw, size, mtime_ns in rows
    ]


def sounds_lacking(
    session: Session, table: type[StoredMetadata] | type[StoredAnalysis], version: int
) -> tuple[int, int]:
    """How many indexed sounds with a file at hand have no row of ``version``, and their bytes."""
    at_hand = select(Location.id).where(
        Location.sound_id == Sound.id, Location.missing_since.is_(None)
    )
    count, size = session.execute(
        select(func.count(), func.sum(Sound.size)).where(at_hand.exists(), _lacks(table, version))
    ).one()
    return count, int(size or 0)


def _lacks(table: type[StoredMetadata] | type[StoredAnalysis], version: int) -> ColumnElement[bool]:
    there = select(table.sound_id).where(table.sound_id == Sound.id, table.version == version)
    return and_(Sound.state == SoundState.INDEXED, ~there.exists())
