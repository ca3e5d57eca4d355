"""Favourites and notes, by content."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

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


_NOTHING = Mark()


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
        known = marks_of(session, batch)
        rows, empty = [], []
        for sound_id in batch:
            before = known.get(sound_id, _NOTHING)
            after = before if favourite is None else replace(before, favourite=favourite)
            if note is not None:
                after = replace(after, note=note.strip() or None)
            if after == before:  # a row that is written is told of as a change
                continue
            if after == _NOTHING:
                empty.append(sound_id)
            else:
                rows.append({"sound_id": sound_id, **asdict(after)})
        upsert_rows(session, SoundMark, rows)
        if empty:
            session.execute(delete(SoundMark).where(SoundMark.sound_id.in_(empty)))
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
