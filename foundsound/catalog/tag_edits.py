"""Edits of many sounds' tags, each its own, in few statements."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.tables import table_of
from foundsound.catalog.tags import TAG_FORMS, batches, ensure_tags, tag_keys
from foundsound.catalog.upsert import insert_missing_rows
from foundsound.catalog.user_models import SoundTag, Tag


class TagEdits:
    """Tags of up to ``BATCH`` sounds, edited one after another in memory and written at once.

    What comes of it is what ``add_tags`` and ``remove_tags`` would make of each edit in turn. The
    caller writes alone.

    Args:
        names: all that will be added or removed.
    """

    def __init__(self, session: Session, sound_ids: Sequence[str], names: Iterable[str]) -> None:
        self._session = session
        self._ids = sound_ids
        self._before: dict[str, set[str]] = {sound_id: set() for sound_id in sound_ids}
        self._stored: dict[str, tuple[int, str]] = {}  # by key: id and form
        for batch in batches(sound_ids):
            for sound_id, key, id_, name in session.execute(_BORNE, {"ids": batch}):
                self._before[sound_id].add(key)
                self._stored[key] = (id_, name)
        for keys in batches(
            [key for key in dict.fromkeys(tag_keys(names)) if key not in self._stored]
        ):
            for key, id_, name in session.execute(TAG_FORMS, {"keys": keys}):
                self._stored[key] = (id_, name)
        self._now = {sound_id: set(keys) for sound_id, keys in self._before.items()}
        self._forms = {key: name for key, (_, name) in self._stored.items()}
        self._bearers = Counter(key for keys in self._before.values() for key in keys)

    def add(self, sound_id: str, tags: Mapping[str, str]) -> None:
        """Put tags on a sound, as :func:`~foundsound.catalog.tags.tidy_tags` gives them."""
        for key, name in tags.items():
            self._forms.setdefault(key, name)
        new = tags.keys() - self._now[sound_id]
        self._now[sound_id] |= new
        self._bearers.update(new)

    def remove(self, sound_id: str, keys: Iterable[str]) -> None:
        """Take tags off a sound; one that no sound bears any more is forgotten."""
        for key in set(keys) & self._forms.keys():
            if key in self._now[sound_id]:
                self._now[sound_id].remove(key)
                self._bearers[key] -= 1
            if not self._bearers[key] and key not in self._elsewhere:
                del self._forms[key]

    def remove_others(self, sound_id: str, kept: Iterable[str]) -> None:
        """Take all tags off a sound but those of these keys."""
        self.remove(sound_id, self._now[sound_id].difference(kept))

    def write(self) -> list[str]:
        """Write what differs; returns the sounds whose tags do. Words are left to the caller."""
        # One that was forgotten and is back in another form is a new one.
        gone = {key for key, (_, name) in self._stored.items() if self._forms.get(key) != name}
        for ids in batches([self._stored[key][0] for key in sorted(gone)]):
            self._session.execute(delete(Tag).where(Tag.id.in_(ids)))  # from its sounds, too
        pairs = [
            {"sound": sound_id, "tag": self._stored[key][0]}
            for sound_id, keys in self._before.items()
            for key in keys - self._now[sound_id] - gone
        ]
        if pairs:
            self._session.connection().execute(_TAKE_OFF, pairs)
        put = {
            sound_id: new
            for sound_id, keys in self._now.items()
            if (new := keys - (self._before[sound_id] - gone))
        }
        forms = {key: self._forms[key] for keys in put.values() for key in keys}
        tag_ids = ensure_tags(self._session, forms)
        rows = [
            {"sound_id": sound_id, "tag_id": tag_ids[key]}
            for sound_id, keys in put.items()
            for key in sorted(keys)
        ]
        insert_missing_rows(self._session, SoundTag, rows)
        return [id_ for id_ in self._ids if id_ in put or self._before[id_] != self._now[id_]]

    @cached_property
    def _elsewhere(self) -> set[str]:
        """Tags that other sounds bear; nobody asks as long as none is taken off."""
        others = select(SoundTag.tag_id).where(
            SoundTag.tag_id == Tag.id, SoundTag.sound_id.not_in(self._ids)
        )
        found: set[str] = set()
        for keys in batches(list(self._stored)):
            query = select(Tag.key).where(Tag.key.in_(keys), others.exists())
            found.update(self._session.scalars(query))
        return found


# Built once: putting a statement together costs more than running it.
_BORNE = (
    select(SoundTag.sound_id, Tag.key, Tag.id, Tag.name)
    .join(Tag, Tag.id == SoundTag.tag_id)
    .where(SoundTag.sound_id.in_(bindparam("ids", expanding=True)))
)
_TAKE_OFF = delete(table_of(SoundTag)).where(
    SoundTag.sound_id == bindparam("sound"), SoundTag.tag_id == bindparam("tag")
)
