"""The files of sounds of which something is to be learnt again."""

import os
from dataclasses import dataclass

from sqlalchemy import select
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
    """A file at hand of an indexed sound."""

    sound_id: str
    location_id: int
    path: bytes
    size: int
    mtime_ns: int


def files_lacking(
    session: Session, table: type[StoredMetadata] | type[StoredAnalysis], version: int
) -> list[SoundFile]:
    """Every file at hand of the indexed sounds without a row of ``version``, sound by sound."""
    there = select(table.sound_id).where(table.sound_id == Sound.id, table.version == version)
    rows = session.execute(
        select(
            Sound.id, Location.id, Root.path, Location.raw_path, Location.size, Location.mtime_ns
        )
        .join(Location, Location.sound_id == Sound.id)
        .join(Root, Root.id == Location.root_id)
        .where(Sound.state == SoundState.INDEXED, Location.missing_since.is_(None), ~there.exists())
        .order_by(Sound.id, Location.id)
    )
    return [
        SoundFile(sound_id, location_id, os.path.join(root, raw), size, mtime_ns)
        for sound_id, location_id, root, raw, size, mtime_ns in rows
    ]
