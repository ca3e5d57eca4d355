"""Sounds' metadata in the catalogue: saved with the sound, shown, and filled in where it lacks."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import StoredMetadata
from foundsound.catalog.sound_files import SoundFile, files_lacking
from foundsound.catalog.upsert import upsert
from foundsound.catalog.words import mark_words_stale
from foundsound.metadata.sound_metadata import METADATA_VERSION, SoundMetadata


def save_metadata(session: Session, sound_id: str, metadata: SoundMetadata) -> None:
    """Write down a sound's metadata in place of what was known; no metadata is an answer too."""
    mark_words_stale(session, [sound_id])
    upsert(
        session,
        StoredMetadata,
        sound_id=sound_id,
        version=METADATA_VERSION,
        description=metadata.description,
        title=metadata.title,
        originator=metadata.originator,
        library=metadata.library,
        date=metadata.date,
        comment=metadata.comment,
        keywords="; ".join(metadata.keywords) or None,
        category=metadata.category,
        subcategory=metadata.subcategory,
        cat_id=metadata.cat_id,
        project=metadata.project,
        scene=metadata.scene,
        take=metadata.take,
        bpm=metadata.bpm,
        key=metadata.key,
        extra=dict(metadata.extra),
        note=metadata.note,
    )


def metadata_of(session: Session, sound_id: str) -> SoundMetadata | None:
    """A sound's metadata; None when it was not read yet."""
    return metadata_of_sounds(session, [sound_id]).get(sound_id)


def metadata_of_sounds(session: Session, sound_ids: Sequence[str]) -> dict[str, SoundMetadata]:
    """Metadata of those of the sounds that had theirs read."""
    rows = session.scalars(select(StoredMetadata).where(StoredMetadata.sound_id.in_(sound_ids)))
    return {row.sound_id: _metadata(row) for row in rows}


def _metadata(row: StoredMetadata) -> SoundMetadata:
    return SoundMetadata(
        description=row.description,
        title=row.title,
        originator=row.originator,
        library=row.library,
        date=row.date,
        comment=row.comment,
        keywords=tuple(row.keywords.split("; ")) if row.keywords else (),
        category=row.category,
        subcategory=row.subcategory,
        cat_id=row.cat_id,
        project=row.project,
        scene=row.scene,
        take=row.take,
        bpm=row.bpm,
        key=row.key,
        extra=row.extra,
        note=row.note,
    )


def undescribed_files(session: Session) -> list[SoundFile]:
    """Every file at hand of the indexed sounds that lack today's metadata, sound by sound."""
    return files_lacking(session, StoredMetadata, METADATA_VERSION)
