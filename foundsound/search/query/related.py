"""Conditions on what is kept of a sound in other tables: metadata, analysis, tags, places."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from foundsound.catalog.models import Sound
from foundsound.search.query.kind import Scope

Clause = ColumnElement[bool]
SoundId = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def related(sound_id: SoundId, condition: Clause, scope: Scope) -> Clause:
    """Whether a row fits that belongs to the sound; true or false, never NULL.

    SQLite runs a subquery as it is written. For the whole catalogue the fitting rows are listed
    first (a category among 200,000 sounds: 1 ms, row by row 200 ms); a few given sounds are looked
    up.

    Args:
        sound_id: the other table's column; never NULL in rows that fit.
    """
    if scope.whole:
        return Sound.id.in_(select(sound_id).where(condition).correlate(None))
    return select(sound_id).where(sound_id == Sound.id, condition).correlate(Sound).exists()


def holds(column: InstrumentedAttribute[object], condition: Clause, scope: Scope) -> Clause:
    """Whether the sound's row of the column's table fits the condition on that column."""
    owner = column.class_
    return condition if owner is Sound else related(owner.sound_id, condition, scope)
