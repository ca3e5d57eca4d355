"""Filters on what a file says of its sound: ``artist:``, ``library:``, ``desc:``, quoted words."""

import re
from functools import reduce

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from foundsound.catalog.models import Location, Sound, StoredMetadata
from foundsound.catalog.names import name_key
from foundsound.catalog.user_models import SoundTag, Tag
from foundsound.metadata.ucs import ucs_categories
from foundsound.search.query.choices import Condition
from foundsound.search.query.kind import Scope
from foundsound.search.query.like import as_like, has_wildcards, like
from foundsound.search.query.related import holds, related
from foundsound.search.query.whole_words import as_pattern, holds_words

Clause = ColumnElement[bool]
Text = InstrumentedAttribute[str | None]
_DESCRIBING = (StoredMetadata.title, StoredMetadata.description, StoredMetadata.keywords)
_SAYING = (
    *_DESCRIBING,
    StoredMetadata.category,
    StoredMetadata.subcategory,
    StoredMetadata.originator,
    StoredMetadata.library,
    StoredMetadata.comment,
)


def says(column: Text) -> Condition:
    """A condition: the column holds the words, or fits them as a whole if they hold * or ?."""

    def condition(words: str, scope: Scope) -> Clause:
        pattern = as_like(words) if has_wildcards(words) else f"%{as_like(words)}%"
        return holds(column, like(column, pattern), scope)

    return condition


def codec_is(name: str, scope: Scope) -> Clause:
    """Whether the sound is coded so: ``pcm_24``, ``vorbis``, ``pcm*``."""
    return func.coalesce(like(Sound.codec, as_like(name)), False)


def describes(words: str, scope: Scope) -> Clause:
    """Whether title, description or keywords hold the words."""
    condition = like(_joined(*_DESCRIBING), _anywhere(words))
    return related(StoredMetadata.sound_id, condition, scope)


def in_path_or_metadata(words: str, scope: Scope) -> Clause:
    """Whether the path below the root, the metadata, the category or a tag holds the words."""
    pattern = re.compile(as_pattern(words))
    named = [
        each.cat_id
        for each in ucs_categories()
        if pattern.search(f"{each.category}\n{each.subcategory}")
    ]
    tags = select(Tag.id).where(holds_words(Tag.key, name_key(words)))
    return or_(
        holds_words(Location.path, words),
        func.coalesce(Location.cat_id, "").in_(named),
        related(StoredMetadata.sound_id, holds_words(_joined(*_SAYING), words), scope),
        related(SoundTag.sound_id, SoundTag.tag_id.in_(tags), scope),
    )


def _joined(*columns: Text) -> SQLColumnExpression[str]:
    """The columns' texts, apart so far that no phrase runs from one into the next."""
    texts = [func.coalesce(column, "") for column in columns]
    return reduce(lambda before, text: before.concat("\n\n").concat(text), texts)


def _anywhere(words: str) -> str:
    # A blank stands for whichever character a file name has between words: _, -, a dot.
    return f"%{'_'.join(as_like(word) for word in words.split())}%"
