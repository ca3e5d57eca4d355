"""Whether the lexical index says what is said of sounds, see ``texts.py``.

A sound's words are stale as long as ``words_written`` differs from ``words_changed``. Whatever
changes a name, a path, metadata or tags counts ``words_changed`` up in the same transaction, with
:func:`mark_words_stale`; who has written the words of a change into the index writes down of which.
Two numbers and no flag: a change in the midst of that writing is not lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from foundsound.catalog.models import Location, Sound, SoundState
from foundsound.catalog.tables import table_of
from foundsound.catalog.vocabulary import forget_terms
from foundsound.catalog.word_models import SoundTerms, Term

T = TypeVar("T")
BATCH = 1000  # ids in one statement

_at_hand = exists().where(Location.sound_id == Sound.id, Location.missing_since.is_(None))


@dataclass(frozen=True, slots=True)
class StaleSound:
    """A sound whose words are to be written, and as of which change."""

    id: str
    change: int


def hold_sounds(session: Session, sound_ids: Iterable[str]) -> None:
    """Keep others from changing these rows until the transaction ends.

    All take them in one order, so none waits in a circle: call it before a transaction changes
    sounds one after another. SQLite's writers are alone anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        for batch in _batches(sorted(set(sound_ids))):
            session.execute(_HELD.where(Sound.id.in_(batch)))


def mark_words_stale(session: Session, sound_ids: Iterable[str]) -> None:
    """What is said of these sounds has changed; call it in the transaction that changes it."""
    ids = list(sound_ids)
    if len(ids) > 1:
        hold_sounds(session, ids)
    for batch in _batches(ids):
        session.connection().execute(_THESE_CHANGED, {"ids": batch})


def mark_words_of_files_stale(session: Session, location_ids: Iterable[int]) -> None:
    """These files come or go: so do words of those sounds that have other files as well.

    A sound whose only file is gone keeps its words for its return: a drive that is unplugged and
    plugged in again costs nothing.
    """
    for batch in _batches(location_ids):
        here, other = aliased(Location), aliased(Location)
        among = select(here.sound_id).where(here.id.in_(batch))
        copies = exists().where(other.sound_id == Sound.id, other.id.not_in(batch))
        those = select(Sound.id).where(Sound.id.in_(among), copies)
        mark_words_stale(session, session.scalars(those).all())


def stale_sounds(session: Session, limit: int, after: str = "") -> list[StaleSound]:
    """Sounds that can be found but whose words are missing or stale, in the order of their ids."""
    rows = session.execute(
        select(Sound.id, Sound.words_changed)
        .where(
            Sound.words_written != Sound.words_changed,
            Sound.id > after,
            # As in search/hydrate.py; an equation would make SQLite take the index on states.
            Sound.state != SoundState.FAILED,
            Sound.duration_s.is_not(None),
            _at_hand,
        )
        .order_by(Sound.id)
        .limit(limit)
    )
    return [StaleSound(id_, change) for id_, change in rows]


def mark_words_written(session: Session, sounds: Sequence[StaleSound]) -> None:
    """The index holds these sounds' words as of the change that each of them names."""
    rows = [{"id": sound.id, "words_written": sound.change} for sound in sounds]
    if rows:
        session.execute(update(Sound), rows)


def written_count(session: Session) -> int:
    """Sounds whose words, fresh or stale, the index must hold."""
    counted = select(func.count()).select_from(Sound).where(Sound.words_written != 0)
    return session.scalar(counted) or 0


def forget_words(session: Session) -> None:
    """The index is lost or new: every sound's words are to be written."""
    session.execute(update(Sound).where(Sound.words_written != 0).values(words_written=0))
    session.execute(delete(SoundTerms))
    session.execute(delete(Term))


def forget_words_of(session: Session, sound_ids: Sequence[str]) -> None:
    """These sounds are about to leave the index."""
    forget_terms(session, sound_ids)
    for batch in _batches(sound_ids):
        session.execute(update(Sound).where(Sound.id.in_(batch)).values(words_written=0))


# Built once: putting it together costs more than running it.
_THESE_CHANGED = (
    update(table_of(Sound))
    .where(Sound.id.in_(bindparam("ids", expanding=True)))
    .values(words_changed=Sound.words_changed + 1)
)
# Not of their keys: what refers to them may be added meanwhile.
_HELD = select(Sound.id).order_by(Sound.id).with_for_update(key_share=True)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rows = list(items)
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
