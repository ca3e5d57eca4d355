"""What is said of sounds: names and folders of their files, metadata, tags, notes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, func, select

from foundsound.catalog.models import Location, Root, StoredMetadata
from foundsound.catalog.paths import path_key
from foundsound.catalog.prepared import IDS, Prepared
from foundsound.catalog.user_models import SoundMark, SoundTag, Tag
from foundsound.metadata.sound_metadata import SoundMetadata


@dataclass(frozen=True)
class SoundTexts:
    """Everything that is said of a sound; whatever changes it marks the sound's words stale."""

    paths: tuple[str, ...]  # of its files at hand, from the root's own folder down
    metadata: SoundMetadata | None = None  # the fields that hold words
    tags: tuple[str, ...] = ()
    note: str | None = None  # a person's


_TAGS = (
    select(func.aggregate_strings(Tag.name, "\n"))
    .join(SoundTag, SoundTag.tag_id == Tag.id)
    .where(SoundTag.sound_id == Location.sound_id)
    .correlate(Location)
    .scalar_subquery()
)
# One for all: on the path of a query, each statement costs more than what it reads.
_TEXTS = Prepared(
    select(
        Location.sound_id,
        Root.path,
        Location.path,
        SoundMark.note,
        _TAGS,
        StoredMetadata.title,
        StoredMetadata.description,
        StoredMetadata.comment,
        StoredMetadata.keywords,
        StoredMetadata.category,
        StoredMetadata.subcategory,
        StoredMetadata.cat_id,
        StoredMetadata.originator,
        StoredMetadata.library,
        StoredMetadata.project,
    )
    .join(Root, Root.id == Location.root_id)
    .outerjoin(SoundMark, SoundMark.sound_id == Location.sound_id)
    .outerjoin(StoredMetadata, StoredMetadata.sound_id == Location.sound_id)
    .where(Location.sound_id.in_(bindparam(IDS, expanding=True)), Location.missing_since.is_(None))
    .order_by(Location.id)
)


def texts_of(connection: Connection, sound_ids: Sequence[str]) -> dict[str, SoundTexts]:
    """What is said of those of the sounds that have a file at hand."""
    found: dict[str, SoundTexts] = {}
    for sound_id, root, inner, note, tags, *said in _TEXTS.rows(connection, sound_ids):
        path = f"{path_key(os.path.basename(root.rstrip(b'/')))}/{inner}"
        before = found.get(sound_id)
        if before is not None:
            found[sound_id] = replace(before, paths=(*before.paths, path))
            continue
        names = tuple(tags.split("\n")) if tags else ()
        found[sound_id] = SoundTexts((path,), _metadata(*said), names, note)
    return found


def _metadata(
    title: str | None,
    description: str | None,
    comment: str | None,
    keywords: str | None,
    category: str | None,
    subcategory: str | None,
    cat_id: str | None,
    originator: str | None,
    library: str | None,
    project: str | None,
) -> SoundMetadata:
    return SoundMetadata(
        title=title,
        description=description,
        comment=comment,
        keywords=tuple(keywords.split("; ")) if keywords else (),
        category=category,
        subcategory=subcategory,
        cat_id=cat_id,
        originator=originator,
        library=library,
        project=project,
    )
