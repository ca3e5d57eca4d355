"""All that the catalogue's rows say of one sound, in as few statements as that takes."""

import os
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import (
    ImportedMetadata,
    Location,
    Root,
    Sound,
    StoredAnalysis,
    StoredMetadata,
)
from foundsound.catalog.scope import is_offline
from foundsound.catalog.sounds import SoundDetails, details_of


@dataclass(frozen=True)
class KnownSound:
    """A sound with the rows that belong to it; those that are not there are None."""

    details: SoundDetails
    offline: bool  # it has files at hand, and all lie on drives that are not there now
    metadata: StoredMetadata | None
    imported: ImportedMetadata | None
    analysis: StoredAnalysis | None


def known_sound(session: Session, sound_id: str) -> KnownSound | None:
    """What is known of a sound; None when there is none."""
    row = session.execute(
        select(Sound, StoredMetadata, ImportedMetadata, StoredAnalysis)
        .outerjoin(StoredMetadata, StoredMetadata.sound_id == Sound.id)
        .outerjoin(ImportedMetadata, ImportedMetadata.sound_id == Sound.id)
        .outerjoin(StoredAnalysis, StoredAnalysis.sound_id == Sound.id)
        .where(Sound.id == sound_id)
    ).one_or_none()
    if row is None:
        return None
    sound, metadata, imported, analysis = row
    files = session.execute(
        select(Root.path, Location.raw_path, is_offline())
        .join(Root, Root.id == Location.root_id)
        .where(Location.sound_id == sound_id, Location.missing_since.is_(None))
        .order_by(Location.id)
    ).all()
    details = details_of(sound, [os.path.join(root, path) for root, path, _ in files])
    offline = bool(files) and all(away for *_, away in files)
    return KnownSound(details, offline, metadata, imported, analysis)
