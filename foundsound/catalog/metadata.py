"""Sounds' metadata in the catalogue: saved with the sound, shown, and filled in where it lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import ImportedMetadata, StoredMetadata, utc_now
from foundsound.catalog.sound_files import SoundFile, files_lacking
from foundsound.catalog.upsert import upsert_rows
from foundsound.catalog.words import mark_words_stale
from foundsound.metadata.merge import filled, from_filled, merged
from foundsound.metadata.sound_metadata import METADATA_VERSION, SoundMetadata

BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class Imported:
    """What a librarian's table says of a sound, and the table's file name."""

    metadata: SoundMetadata
    source: str


def save_metadata(session: Session, said: Mapping[str, SoundMetadata]) -> None:
    """Write down what sounds' files say; none is an answer too. Imported fields keep their place.

    See :mod:`foundsound.metadata.merge`.

    Args:
        said: by sound id.
    """
    ids = list(said)
    imported = imports_of(session, ids)
    rows = []
    for sound_id, own in said.items():
        if sound_id in imported:
            both = merged(own, imported[sound_id].metadata)
            rows.append(_row(sound_id, METADATA_VERSION, both, filled(own)))
        else:
            rows.append(_row(sound_id, METADATA_VERSION, own, None))
    mark_words_stale(session, ids)
    upsert_rows(session, StoredMetadata, rows)


def save_imports(session: Session, said: Mapping[str, Imported]) -> None:
    """Write down what librarians' tables say, in place of what one said before.

    Args:
        said: by sound id. That their words are stale is for the caller to say.
    """
    ids, now = list(said), utc_now()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        stored = {row.sound_id: row for row in session.scalars(_OF_SOUNDS, {"ids": batch})}
        imports, rows = [], []
        for sound_id in batch:
            each, row = said[sound_id], stored.get(sound_id)
            own = own_metadata(row) if row else SoundMetadata()
            # Not read yet: version 0 has the next index run read the file.
            version = row.version if row else 0
            rows.append(_row(sound_id, version, merged(own, each.metadata), filled(own)))
            imports.append(
                {
                    "sound_id": sound_id,
                    "source": each.source,
                    "imported_at": now,
                    "fields": filled(each.metadata),
                }
            )
        upsert_rows(session, ImportedMetadata, imports)
        upsert_rows(session, StoredMetadata, rows)


def imports_of(session: Session, sound_ids: Sequence[str]) -> dict[str, Imported]:
    """What tables say of those of the sounds of which one says anything."""
    found: dict[str, Imported] = {}
    for start in range(0, len(sound_ids), BATCH):
        those = ImportedMetadata.sound_id.in_(sound_ids[start : start + BATCH])
        columns = ImportedMetadata.sound_id, ImportedMetadata.fields, ImportedMetadata.source
        for sound_id, said, source in session.execute(select(*columns).where(those)):
            found[sound_id] = Imported(from_filled(said), source)
    return found


def own_metadata(row: StoredMetadata) -> SoundMetadata:
    """What the file itself says, whatever was imported."""
    return metadata_in(row) if row.replaced is None else from_filled(row.replaced)


def _row(
    sound_id: str,
    version: int,
    metadata: SoundMetadata,
    replaced: dict[str, object] | None,
) -> dict[str, object]:
    return {
        "sound_id": sound_id,
        "version": version,
        "replaced": replaced,
        **{field.name: getattr(metadata, field.name) for field in fields(metadata)},
        "keywords": "; ".join(metadata.keywords) or None,
        "extra": dict(metadata.extra),
    }


def metadata_of(session: Session, sound_id: str) -> SoundMetadata | None:
    """A sound's metadata; None when it was not read yet."""
    return metadata_of_sounds(session, [sound_id]).get(sound_id)


# Built once: on the path of a query, putting a statement together costs more than running it.
_OF_SOUNDS = select(StoredMetadata).where(
    StoredMetadata.sound_id.in_(bindparam("ids", expanding=True))
)


def metadata_of_sounds(session: Session, sound_ids: Sequence[str]) -> dict[str, SoundMetadata]:
    """Metadata of those of the sounds that had theirs read."""
    rows = session.scalars(_OF_SOUNDS, {"ids": sound_ids})
    return {row.sound_id: metadata_in(row) for row in rows}


def metadata_in(row: StoredMetadata) -> SoundMetadata:
    """What a row says."""
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
