"""What is said of sounds: names and folders of their files, metadata, tags, notes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundsound.catalog.marks import marks_of
from foundsound.catalog.metadata import metadata_of_sounds
from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import path_key
from foundsound.catalog.tags import tags_of
from foundsound.metadata.sound_metadata import SoundMetadata


@dataclass(frozen=True)
class SoundTexts:
    """Everything that is said of a sound; whatever changes it marks the sound's words stale."""

    paths: tuple[str, ...]  # of its files at hand, from the root's own folder down
    metadata: SoundMetadata | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None  # a person's


# Built once: on the path of a query, putting a statement together costs more than running it.
_PATHS = (
    select(Location.sound_id, Root.path, Location.path)
    .join(Root, Root.id == Location.root_id)
    .where(
        Location.sound_id.in_(bindparam("ids", expanding=True)), Location.missing_since.is_(None)
    )
    .order_by(Location.id)
)


def texts_of(session: Session, sound_ids: Sequence[str]) -> dict[str, SoundTexts]:
    """What is said of those of the sounds that have a file at hand."""
    rows = session.execute(_PATHS, {"ids": sound_ids})
    paths: dict[str, list[str]] = {}
    for sound_id, root, path in rows:
        folder = path_key(os.path.basename(root.rstrip(b"/")))
        paths.setdefault(str(sound_id), []).append(f"{folder}/{path}")
    metadata = metadata_of_sounds(session, sound_ids)
    tags = tags_of(session, sound_ids)
    notes = {id_: mark.note for id_, mark in marks_of(session, sound_ids).items()}
    return {
        id_: SoundTexts(tuple(found), metadata.get(id_), tuple(tags.get(id_, ())), notes.get(id_))
        for id_, found in paths.items()
    }
