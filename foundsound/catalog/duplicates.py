"""Duplicates in the catalogue: sounds at several places, and pairs that are one to the ear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundsound.analysis.sound_analysis import Fingerprint
from foundsound.catalog.models import (
    Location,
    NearDuplicate,
    Sound,
    SoundState,
    StoredFingerprint,
)
from foundsound.catalog.spaces import embedded_in
from foundsound.catalog.upsert import upsert


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two sounds that are one to the ear."""

    sound_id: str  # the smaller one
    other_id: str
    similarity: float  # cosine of their nearest windows
    agreement: float  # of their fingerprints


def copied_count(session: Session) -> int:
    """How many sounds lie at more than one place."""
    copied = _copied().subquery()
    return session.scalar(select(func.count()).select_from(copied)) or 0


def copied_sounds(session: Session, offset: int, limit: int) -> list[str]:
    """Sounds that lie at more than one place, those that waste most bytes first."""
    rows = session.scalars(
        _copied()
        .order_by((Sound.size * (func.count() - 1)).desc(), Sound.id)
        .offset(offset)
        .limit(limit)
    )
    return list(rows)


def _copied() -> Select[str]:
    return (
        select(Sound.id)
        .join(Location, Location.sound_id == Sound.id)
        .where(Location.missing_since.is_(None))
        .group_by(Sound.id, Sound.size)
        .having(func.count() > 1)
    )


def uncompared_count(session: Session, space_id: int) -> int:
    """How many sounds were never compared with the others."""
    waiting = select(func.count()).select_from(_uncompared(space_id).subquery())
    return session.scalar(waiting) or 0


def uncompared_sounds(session: Session, space_id: int, limit: int) -> dict[str, Fingerprint]:
    """The next sounds to be compared; with vectors in the space, by which candidates are found."""
    waiting = _uncompared(space_id).order_by(StoredFingerprint.sound_id).limit(limit)
    return fingerprints_of(session, session.scalars(waiting).all())


def _uncompared(space_id: int) -> Select[str]:
    return (
        select(StoredFingerprint.sound_id)
        .join(Sound, Sound.id == StoredFingerprint.sound_id)
        .where(
            StoredFingerprint.compared.is_(False),
            Sound.state == SoundState.INDEXED,
            embedded_in(space_id),
        )
    )


def fingerprints_of(session: Session, sound_ids: Sequence[str]) -> dict[str, Fingerprint]:
    """The fingerprints of those of the sounds that have one."""
    rows = session.scalars(
        select(StoredFingerprint).where(StoredFingerprint.sound_id.in_(sound_ids))
    )
    return {row.sound_id: Fingerprint(row.audible_s, row.data) for row in rows}


def save_comparison(session: Session, compared: Sequence[str], pairs: Iterable[NearPair]) -> None:
    """Write down what was found, and that these sounds need not be compared again."""
    found = list(pairs)
    ids = {id_ for pair in found for id_ in (pair.sound_id, pair.other_id)}
    there = set(session.scalars(select(Sound.id).where(Sound.id.in_(ids))))
    for pair in found:
        if {pair.sound_id, pair.other_id} <= there:  # one may be gone since
            upsert(
                session,
                NearDuplicate,
                sound_id=pair.sound_id,
                other_id=pair.other_id,
                similarity=pair.similarity,
                agreement=pair.agreement,
            )
    session.execute(
        update(StoredFingerprint)
        .where(StoredFingerprint.sound_id.in_(compared))
        .values(compared=True)
    )


def near_pairs(session: Session) -> list[NearPair]:
    """Every pair of which both sounds have a file at hand."""
    rows = session.scalars(
        select(NearDuplicate)
        .where(_at_hand(NearDuplicate.sound_id), _at_hand(NearDuplicate.other_id))
        .order_by(NearDuplicate.sound_id, NearDuplicate.other_id)
    )
    return [NearPair(row.sound_id, row.other_id, row.similarity, row.agreement) for row in rows]


def near_ones(session: Session, sound_id: str) -> list[str]:
    """Sounds with a file at hand that are one with this one to the ear, the nearest first."""
    one, two = NearDuplicate.sound_id, NearDuplicate.other_id
    pairs = union_all(
        *(
            select(NearDuplicate.similarity, other).where(own == sound_id, _at_hand(other))
            for own, other in ((one, two), (two, one))
        )
    )
    found = [(similarity, other_id) for similarity, other_id in session.execute(pairs)]
    return [other_id for _, other_id in sorted(found, key=lambda each: (-each[0], each[1]))]


def _at_hand(sound_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    there = and_(Location.sound_id == sound_id, Location.missing_since.is_(None))
    return select(Location.id).where(there).exists()
