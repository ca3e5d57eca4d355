"""Tags on sounds, by content: they outlive the rows of the sound, and come back with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location
from foundsound.catalog.names import name_key, tidy_tag
from foundsound.catalog.upsert import insert_missing_rows
from foundsound.catalog.user_models import SoundTag, Tag
from foundsound.catalog.words import mark_words_stale

T = TypeVar("T")
BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class TagCount:
    """A tag, and how many sounds at hand bear it."""

    name: str
    sounds: int


def add_tags(session: Session, sound_ids: Sequence[str], names: Sequence[str]) -> None:
    """Put tags on sounds; those that are there already stay. The caller writes alone.

    Raises:
        InvalidRequest: a name is none.
    """
    if not names:
        return
    tag_ids = [id_ for _, id_ in sorted(ensure_tags(session, tidy_tags(names)).items())]
    for batch in batches(sound_ids):
        rows = [
            {"sound_id": sound_id, "tag_id": tag_id}
            for sound_id in dict.fromkeys(batch)
            for tag_id in tag_ids
        ]
        insert_missing_rows(session, SoundTag, rows)
    mark_words_stale(session, sound_ids)


def remove_tags(session: Session, sound_ids: Sequence[str], names: Iterable[str]) -> None:
    """Take tags off sounds; a tag that no sound bears any more is forgotten."""
    keys = tag_keys(names)
    tag_ids = list(session.scalars(select(Tag.id).where(Tag.key.in_(keys)))) if keys else []
    if not tag_ids:
        return
    for batch in batches(sound_ids):
        session.execute(
            delete(SoundTag).where(SoundTag.sound_id.in_(batch), SoundTag.tag_id.in_(tag_ids))
        )
    mark_words_stale(session, sound_ids)
    borne = select(SoundTag.tag_id).where(SoundTag.tag_id == Tag.id).exists()
    session.execute(delete(Tag).where(Tag.id.in_(tag_ids), ~borne))


# Built once: on the path of a query, putting a statement together costs more than running it.
_OF_SOUNDS = (
    select(SoundTag.sound_id, Tag.name)
    .join(Tag, Tag.id == SoundTag.tag_id)
    .where(SoundTag.sound_id.in_(bindparam("ids", expanding=True)))
    .order_by(Tag.key)
)


def tags_of(session: Session, sound_ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of those of the sounds that have any, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for batch in batches(sound_ids):
        rows = session.execute(_OF_SOUNDS, {"ids": batch})
        for sound_id, name in rows:
            found.setdefault(sound_id, []).append(name)
    return found


def tag_counts(session: Session) -> list[TagCount]:
    """Every tag that a sound bears, in alphabetical order."""
    at_hand = (
        select(Location.id)
        .where(Location.sound_id == SoundTag.sound_id, Location.missing_since.is_(None))
        .exists()
    )
    counts = (
        select(SoundTag.tag_id, func.count().label("sounds"))
        .where(at_hand)
        .group_by(SoundTag.tag_id)
        .subquery()
    )
    rows = session.execute(
        select(Tag.name, func.coalesce(counts.c.sounds, 0))
        .outerjoin(counts, counts.c.tag_id == Tag.id)
        .order_by(Tag.key)
    )
    return [TagCount(name, count) for name, count in rows]


def tidy_tags(names: Sequence[str]) -> dict[str, str]:
    """Tags as they are shown, by their keys; of one that is named twice the first form.

    Raises:
        InvalidRequest: a name is none.
    """
    return {name_key(tidy): tidy for tidy in map(tidy_tag, reversed(names))}


# Built once: putting a statement together costs more than running it.
TAG_FORMS = select(Tag.key, Tag.id, Tag.name).where(Tag.key.in_(bindparam("keys", expanding=True)))


def ensure_tags(session: Session, forms: Mapping[str, str]) -> dict[str, int]:
    """Ids of these tags, by their keys; one that exists keeps the form in which it was written."""
    known = _ids_of(session, list(forms))
    missing = sorted(forms.keys() - known.keys())
    if missing:
        insert_missing_rows(session, Tag, [{"key": key, "name": forms[key]} for key in missing])
        known |= _ids_of(session, missing)
    return known


def _ids_of(session: Session, keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(keys):
        found |= {key: id_ for key, id_, _ in session.execute(TAG_FORMS, {"keys": batch})}
    return found


def tag_keys(names: Iterable[str]) -> list[str]:
    """Of names that tags may have; PostgreSQL cannot even be asked for some others."""
    return [name_key(name) for name in names if name.isprintable()]


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Of up to ``BATCH`` each."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
