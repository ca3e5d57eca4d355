"""Suggested categories and tags in the catalogue, and what people said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from foundsound.catalog.hearing_models import SuggestedSound, Suggestion, SuggestionDecision
from foundsound.catalog.models import Sound, SoundWindows
from foundsound.catalog.upsert import upsert, upsert_rows


@dataclass(frozen=True)
class Suggested:
    """One suggestion: ``kind`` is ``ucs`` or ``tag``; strength in background deviations."""

    kind: str
    value: str
    strength: float


def sounds_without_suggestions(
    session: Session, space_id: int, version: int, after: str, limit: int
) -> list[tuple[str, int]]:
    """The next sounds with vectors in the space whose suggestions are of another, or none.

    Returns:
        Each with the number of its windows.
    """
    made = (
        select(SuggestedSound.sound_id)
        .where(
            SuggestedSound.sound_id == SoundWindows.sound_id,
            SuggestedSound.space_id == space_id,
            SuggestedSound.version == version,
        )
        .exists()
    )
    rows = session.execute(
        select(SoundWindows.sound_id, SoundWindows.count)
        .where(SoundWindows.space_id == space_id, SoundWindows.sound_id > after, ~made)
        .order_by(SoundWindows.sound_id)
        .limit(limit)
    )
    return [(sound_id, windows) for sound_id, windows in rows]


def save_suggestions(
    session: Session, space_id: int, version: int, found: Mapping[str, Sequence[Suggested]]
) -> None:
    """Write down what sounds may be, in place of what was suggested; what was decided stays so.

    The caller writes alone: several workers may be at the same sounds.
    """
    kept = select(Sound.id).where(Sound.id.in_(list(found))).order_by(Sound.id)
    # Locked, so that no purge takes one away meanwhile.
    there = set(session.scalars(kept.with_for_update(read=True, key_share=True)))
    if not there:
        return
    decided = {
        tuple(row)
        for row in session.execute(
            select(
                SuggestionDecision.sound_id, SuggestionDecision.kind, SuggestionDecision.value
            ).where(SuggestionDecision.sound_id.in_(there))
        )
    }
    session.execute(delete(Suggestion).where(Suggestion.sound_id.in_(there)))
    rows = [
        {"sound_id": id_, "kind": each.kind, "value": each.value, "strength": each.strength}
        for id_ in sorted(there)
        for each in found[id_]
        if (id_, each.kind, each.value) not in decided
    ]
    if rows:
        session.execute(insert(Suggestion), rows)
    made = {"space_id": space_id, "version": version}
    upsert_rows(session, SuggestedSound, [{"sound_id": id_, **made} for id_ in sorted(there)])


def suggestions_of(session: Session, sound_id: str) -> list[Suggested]:
    """What a sound may be and nobody decided yet, strongest first."""
    rows = session.scalars(
        select(Suggestion)
        .where(Suggestion.sound_id == sound_id)
        .order_by(Suggestion.strength.desc(), Suggestion.kind, Suggestion.value)
    )
    return [Suggested(row.kind, row.value, row.strength) for row in rows]


def decisions_of(session: Session, sound_id: str) -> list[SuggestionDecision]:
    """What people said of a sound's suggestions."""
    return list(
        session.scalars(
            select(SuggestionDecision)
            .where(SuggestionDecision.sound_id == sound_id)
            .order_by(SuggestionDecision.kind, SuggestionDecision.value)
        )
    )


def decide(
    session: Session, sound_id: str, pairs: Sequence[tuple[str, str]], *, accept: bool
) -> None:
    """Accept or reject (kind, value) pairs, so that they are not suggested again."""
    for kind, value in pairs:
        upsert(
            session,
            SuggestionDecision,
            sound_id=sound_id,
            kind=kind,
            value=value,
            accepted=accept,
        )
    session.execute(
        delete(Suggestion).where(
            Suggestion.sound_id == sound_id,
            tuple_(Suggestion.kind, Suggestion.value).in_(list(pairs)),
        )
    )


def reconsider(session: Session, sound_id: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Take decisions back: the next run suggests anew."""
    session.execute(
        delete(SuggestionDecision).where(
            SuggestionDecision.sound_id == sound_id,
            tuple_(SuggestionDecision.kind, SuggestionDecision.value).in_(list(pairs)),
        )
    )
    session.execute(delete(SuggestedSound).where(SuggestedSound.sound_id == sound_id))
