"""Filters on what people say of sounds: ``tag:rain,wet``, ``tag:favourite``, ``collection:``."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from foundsound.catalog.names import FAVOURITE, name_key
from foundsound.catalog.user_models import Collection, CollectionItem, SoundMark, SoundTag, Tag
from foundsound.search.query.choices import listed, with_words
from foundsound.search.query.kind import Scope, Typed
from foundsound.search.query.like import as_like, has_wildcards, like
from foundsound.search.query.related import related
from foundsound.search.query.values import Labels

Clause = ColumnElement[bool]


@dataclass(frozen=True)
class Tags:
    """A filter of which every word must fit, and of words between commas one."""

    example: str = "favourite"
    of_location: bool = False

    def read(self, typed: Typed, earlier: Labels | None) -> Labels:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        words = listed(typed)
        field = "any" if len(words) > 1 else "all"
        if field == "any" and earlier and earlier.any and not typed.negated:
            raise typed.error(
                f"'{typed.key}:' can list alternatives only once; write them behind one another."
            )
        return Labels(**with_words(earlier, (field, "none"), typed, words))

    def write(self, key: str, value: Labels) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        any_ = [f'{key}:"{",".join(value.any)}"'] if value.any else []
        all_ = [f'{key}:"{word}"' for word in value.all]
        return all_ + any_ + [f'-{key}:"{word}"' for word in value.none]

    def where(self, value: Labels, scope: Scope) -> Clause:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        conditions = [tagged(word, scope) for word in value.all]
        conditions += [not_(tagged(word, scope)) for word in value.none]
        if value.any:
            conditions.append(or_(*(tagged(word, scope) for word in value.any)))
        return and_(*conditions)


def tagged(word: str, scope: Scope) -> Clause:
    """Whether the sound bears the tag, or one that fits the pattern."""
    favourite = related(SoundMark.sound_id, SoundMark.favourite.is_(True), scope)
    key = name_key(word)
    if key in FAVOURITE:
        return favourite
    chosen = select(Tag.id).where(_named(Tag.key, word))
    bears = related(SoundTag.sound_id, SoundTag.tag_id.in_(chosen), scope)
    fits = has_wildcards(word) and any(
        fnmatchcase(name, key.replace("[", "[[]")) for name in FAVOURITE
    )
    return or_(bears, favourite) if fits else bears


def collected(word: str, scope: Scope) -> Clause:
    """Whether the sound is in the collection, or in one that fits the pattern."""
    chosen = select(Collection.id).where(_named(Collection.key, word))
    return related(CollectionItem.sound_id, CollectionItem.collection_id.in_(chosen), scope)


def _named(key: InstrumentedAttribute[str], word: str) -> Clause:
    folded = name_key(word)
    return like(key, as_like(folded)) if has_wildcards(word) else key == folded
