"""What a list shows of sounds: of many at once, in five statements."""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundsound.catalog.marks import Mark, marks_of
from foundsound.catalog.models import Location, Sound, StoredMetadata
from foundsound.catalog.paths import path_text
from foundsound.catalog.tags import tags_of
from foundsound.client_paths import ShownPath
from foundsound.metadata.ucs import category_of
from foundsound.search.hydrate import hydrate
from foundsound.search.query.filters import Conditions

MOST_SOUNDS = 1000

_CATEGORIES = (
    select(Location.sound_id, Location.cat_id, StoredMetadata.cat_id, StoredMetadata.category)
    .join(Sound, Sound.id == Location.sound_id)
    .outerjoin(StoredMetadata, StoredMetadata.sound_id == Location.sound_id)
    .where(
        Location.missing_since.is_(None), Location.sound_id.in_(bindparam("ids", expanding=True))
    )
    .order_by(Location.id.desc())
)


class SoundSummary(BaseModel):
    """A sound as a list shows it."""

    sound_id: str = Field(examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"])
    path: ShownPath = Field(description="One of its files, on a drive that is there if any is.")
    duration_s: float
    sample_rate: int = Field(description="Hz.")
    channels: int
    format: str = Field(examples=["WAV"])
    offline: bool = Field(description="The file lies on a drive that is not there now.")
    category: str | None = Field(
        description="UCS category that its metadata say, else its file's name.", examples=["DOORS"]
    )
    tags: list[str]
    favourite: bool


def summarise_sounds(session: Session, sound_ids: Sequence[str]) -> list[SoundSummary]:
    """Those of the sounds that have a file at hand, in the order in which they are named."""
    return [summary for summary, _ in summarise_files(session, sound_ids)]


def summarise_files(session: Session, sound_ids: Sequence[str]) -> list[tuple[SoundSummary, bytes]]:
    """The same, each with its path's own bytes."""
    ids = list(dict.fromkeys(sound_ids))
    found = hydrate(session.connection(), ids, Conditions())
    categories = _categories(session, ids)
    tags, marks = tags_of(session, ids), marks_of(session, ids)
    return [
        (
            SoundSummary(
                sound_id=each.id,
                path=path_text(each.path),
                duration_s=each.duration_s,
                sample_rate=each.sample_rate,
                channels=each.channels,
                format=each.format,
                offline=each.offline,
                category=categories.get(each.id),
                tags=tags.get(each.id, []),
                favourite=marks.get(each.id, Mark()).favourite,
            ),
            each.path,
        )
        for each in (found[sound_id] for sound_id in ids if sound_id in found)
    ]


def _categories(session: Session, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for sound_id, named, said, category in session.execute(_CATEGORIES, {"ids": ids}):
        known = category_of(said or named or "")
        told = known.category if known else category
        if told:
            found[str(sound_id)] = told
    return found
