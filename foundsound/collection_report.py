"""Collections in the one shape that the API and the CLI share."""

import os
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.collections import collection_counts, items_of
from foundsound.catalog.models import Location, Root, Sound
from foundsound.catalog.paths import path_text
from foundsound.catalog.user_models import Collection
from foundsound.client_paths import ShownPath

BATCH = 1000  # ids in one statement


class CollectionReport(BaseModel):
    """A collection."""

    id: int
    name: str = Field(examples=["Trailer hits"])
    sounds: int = Field(description="At hand, that it holds.")
    added_at: datetime


class CollectedSound(BaseModel):
    """A sound in a collection."""

    sound_id: str
    path: ShownPath | None = Field(description="One of its files; null when none is at hand.")
    duration_s: float | None


class CollectionDetails(CollectionReport):
    """A collection and what it holds, in its order."""

    items: list[CollectedSound]


def report_collections(session: Session) -> list[CollectionReport]:
    """Every collection, in alphabetical order."""
    return [
        CollectionReport(id=each.id, name=each.name, sounds=each.sounds, added_at=each.added_at)
        for each in collection_counts(session)
    ]


def report_collection(session: Session, collection: Collection) -> CollectionDetails:
    """A collection; a sound that is not at hand keeps its place."""
    items = _sounds(session, items_of(session, collection))
    return CollectionDetails(
        id=collection.id,
        name=collection.name,
        sounds=sum(item.path is not None for item in items),
        added_at=collection.added_at,
        items=items,
    )


def _sounds(session: Session, sound_ids: Sequence[str]) -> list[CollectedSound]:
    found: dict[str, CollectedSound] = {}
    for start in range(0, len(sound_ids), BATCH):
        rows = session.execute(
            select(Location.sound_id, Root.path, Location.raw_path, Sound.duration_s)
            .join(Root, Root.id == Location.root_id)
            .join(Sound, Sound.id == Location.sound_id)
            .where(
                Location.sound_id.in_(sound_ids[start : start + BATCH]),
                Location.missing_since.is_(None),
            )
            .order_by(Location.id.desc())
        )
        for sound_id, root, raw, duration_s in rows:  # the file added first stays
            path = path_text(os.path.join(root, raw))
            item = CollectedSound(sound_id=str(sound_id), path=path, duration_s=duration_s)
            found[item.sound_id] = item
    return [
        found.get(each) or CollectedSound(sound_id=each, path=None, duration_s=None)
        for each in sound_ids
    ]
