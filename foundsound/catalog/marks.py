"""Favourites and notes, by content."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.user_models import SoundMark
from foundsound.catalog.words import mark_words_stale

BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class Mark:
    """What a person said of a sound besides its tags."""

    favourite: bool = False
    note: str | None = None


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
        batch = list(dict.fromkeys(sound_ids[start : start + BATCH]))
        rows = session.scalars(select(SoundMark).where(SoundMark.sound_id.in_(batch)))
        known = {row.sound_id: row for row in rows}
        for sound_id in batch:
            row = known.get(sound_id) or SoundMark(sound_id=sound_id, favourite=False)
            if favourite is not None:
                row.favourite = favourite
            if note is not None:
                row.note = note.strip() or None
            session.add(row)
        session.flush()
        session.execute(  # a row that says nothing is none
            delete(SoundMark).where(
                SoundMark.sound_id.in_(batch), ~SoundMark.favourite, SoundMark.note.is_(None)
            )
        )
        session.expunge_all()
    if note is not None:
        mark_words_stale(session, sound_ids)


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
