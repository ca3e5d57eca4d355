"""Sounds without a vector in a space: one query, so that a switch of models skips nothing."""

import os
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, Sound, SoundState
from foundsound.catalog.spaces import embedded_in


@dataclass(frozen=True, slots=True)
class LackingSound:
    """One of the files of a sound that has no vectors in the space."""

    sound_id: str
    location_id: int
    path: bytes
    size: int
    mtime_ns: int


def lacking_sounds(session: Session, space_id: int, copy: int = 1) -> list[LackingSound]:
    """Sounds at hand, not refused, that the space lacks, each by one of its files.

    Args:
        copy: by which of its files, from 1 on, in the order in which they were added; a sound with
            fewer copies is left out.
    """
    place = func.row_number().over(partition_by=Location.sound_id, order_by=Location.id)
    copies = (
        select(Location.id, place.label("place")).where(Location.missing_since.is_(None)).subquery()
    )
    rows = session.execute(
        select(
            Sound.id, Location.id, Root.path, Location.raw_path, Location.size, Location.mtime_ns
        )
        .select_from(copies)
        .join(Location, Location.id == copies.c.id)
        .join(Sound, Sound.id == Location.sound_id)
        .join(Root, Root.id == Location.root_id)
        .where(copies.c.place == copy, Sound.state != SoundState.FAILED, ~embedded_in(space_id))
        .order_by(Location.id)
    )
    return [
        LackingSound(sound, location, os.path.join(root, raw), size, mtime_ns)
        for sound, location, root, raw, size, mtime_ns in rows
    ]
