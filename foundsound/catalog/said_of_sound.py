"""What people say of one sound, in one statement: each is a round trip of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, literal, select, union_all
from sqlalchemy.orm import Session

from foundsound.catalog.marks import Mark
from foundsound.catalog.user_models import Collection, CollectionItem, SoundMark, SoundTag, Tag

_TAG, _MARK, _COLLECTION = range(3)  # whose row it is


@dataclass(frozen=True)
class SaidOfSound:
    """Tags and collections in alphabetical order."""

    tags: list[str]
    mark: Mark
    collections: list[tuple[int, str]]  # id and name


def said_of_sound(session: Session, sound_id: str) -> SaidOfSound:
    """What people say of a sound, whether it is in the library or not."""
    tags = (
        select(literal(_TAG), Tag.id, Tag.name, Tag.key)
        .join(SoundTag, SoundTag.tag_id == Tag.id)
        .where(SoundTag.sound_id == sound_id)
    )
    marks = select(
        literal(_MARK), cast(SoundMark.favourite, Integer), SoundMark.note, literal("")
    ).where(SoundMark.sound_id == sound_id)
    collections = (
        select(literal(_COLLECTION), Collection.id, Collection.name, Collection.key)
        .join(CollectionItem, CollectionItem.collection_id == Collection.id)
        .where(CollectionItem.sound_id == sound_id)
    )
    rows: Sequence[Any] = session.execute(union_all(tags, marks, collections)).all()
    mark, found = Mark(), []
    for kind, number, text, key in rows:
        if kind == _MARK:
            mark = Mark(bool(number), text)
        else:
            found.append((key, kind, number, text))
    found.sort()
    return SaidOfSound(
        [text for _, kind, _, text in found if kind == _TAG],
        mark,
        [(number, text) for _, kind, number, text in found if kind == _COLLECTION],
    )
