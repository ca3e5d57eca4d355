"""Favourites and notes, by content."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.upsert import upsert_rows
from foundsound.catalog.user_models import SoundMark
from foundsound.catalog.words import mark_words_stale

BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class Mark:
    """What a person said of a sound besides its tags."""

    favourite: bool = False
    note: str | None = None

    def changed(self, favourite: bool | None, note: str | None) -> "Mark":
        """With what is not None; an empty note is none."""
        return Mark(
            self.favourite if favourite is None else favourite,
            self.note if note is None else note.strip() or None,
        )


NO_MARK = Mark()


def mark_sounds(
    session: Session,
    sound_ids: Sequence[str],
    favourite: bool | None = None,
    note: str | None = None,
) -> None:
    """Set what is not None; an empty note is none. The caller writes alone."""
    if favourite is None and note is None:
        return
    for start in range(0, len(sound_ids), BATCH):
        batch = sound_ids[start : start + BATCH]
        before = marks_of(session, batch)
        after = {id_: before.get(id_, NO_MARK).changed(favourite, note) for id_ in batch}
        write_marks(session, before, after)
    if note is not None:
        mark_words_stale(session, sound_ids)


def write_marks(session: Session, before: Mapping[str, Mark], after: Mapping[str, Mark]) -> None:
    """Write what differs, of sounds whose marks were ``before``; words are left to the caller."""
    # A row that is written is told of as a change.
    differ = {id_: mark for id_, mark in after.items() if mark != before.get(id_, NO_MARK)}
    rows = [{"sound_id": id_, **asdict(mark)} for id_, mark in differ.items() if mark != NO_MARK]
    upsert_rows(session, SoundMark, rows)
    empty = [id_ for id_, mark in differ.items() if mark == NO_MARK]
    for start in range(0, len(empty), BATCH):
        those = SoundMark.sound_id.in_(empty[start : start + BATCH])
        session.execute(delete(SoundMark).where(those))


# Built once: on the path of a query, putting a statement together costs more than running it.
_OF_SOUNDS = select(SoundMark.sound_id, SoundMark.favourite, SoundMark.note).where(
    SoundMark.sound_id.in_(bindparam("ids", expanding=True))
)


def marks_of(session: Session, sound_ids: Sequence[str]) -> dict[str, Mark]:
    """The marks of those of the sounds that have any."""
    found: dict[str, Mark] = {}
    for start in range(0, len(sound_ids), BATCH):
        batch = sound_ids[start : start + BATCH]
        rows = session.execute(_OF_SOUNDS, {"ids": batch})
        found |= {sound_id: Mark(favourite, note) for sound_id, favourite, note in rows}
    return found
