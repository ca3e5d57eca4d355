"""Forgetting: tombstones of deleted files, and sounds that lie nowhere any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, Sound, SoundState, SoundWindows, Work
from foundsound.catalog.scope import reachable

BATCH = 1000  # rows in one transaction
FIRST_LOOK = timedelta(days=1)  # a file that was not looked at for so long is waited for no more


def forget_tombstones(session: Session, before: datetime) -> int:
    """Delete up to ``BATCH`` files that were missed before a time; those of offline roots stay."""
    online = select(Root.id).where(Root.offline_since.is_(None))
    ids = session.scalars(
        select(Location.id)
        .where(Location.missing_since < before, Location.root_id.in_(online))
        .limit(BATCH)
    ).all()
    session.execute(delete(Location).where(Location.id.in_(ids)))
    return len(ids)


def has_expired(session: Session, before: datetime) -> bool:
    """True when :func:`forget_tombstones` has something to do, or nearly so."""
    query = select(Location.id).where(Location.missing_since < before)
    return session.scalar(query.limit(1)) is not None


def has_homeless(session: Session) -> bool:
    """True when some sound lies nowhere."""
    return session.scalar(select(Sound.id).where(_homeless()).limit(1)) is not None


def awaits_first_look(session: Session, now: datetime) -> bool:
    """True while a file waits that may turn out to be one of the sounds that lie nowhere.

    A file that was touched, say, is nothing until its content is known again.
    """
    waiting = select(Location.id).where(
        Location.sound_id.is_(None),
        Location.work.in_((Work.PENDING, Work.LEASED)),
        Location.attempts == 0,
        Location.due_at > now - FIRST_LOOK,
        Location.missing_since.is_(None),
        reachable(),
    )
    return session.scalar(waiting.limit(1)) is not None


def bury_homeless(session: Session) -> list[str]:
    """Ids of up to ``BATCH`` sounds that lie nowhere; they count as embedded no longer."""
    found = select(Sound.id).where(_homeless()).limit(BATCH)
    ids = list(session.scalars(found.with_for_update(skip_locked=True, of=Sound)))
    session.execute(delete(SoundWindows).where(SoundWindows.sound_id.in_(ids)))
    # Of a file that cannot be read again for so long it is told now, see change_triggers.py.
    session.execute(update(Location).where(Location.formerly.in_(ids)).values(formerly=None))
    buried = update(Sound).where(Sound.id.in_(ids), Sound.state == SoundState.INDEXED)
    session.execute(buried.values(state=SoundState.PENDING))
    return ids


def lock_buried(session: Session, ids: Sequence[str]) -> list[str]:
    """Those of the buried sounds that still lie nowhere, and cannot be found a home meanwhile."""
    embedded = select(SoundWindows.sound_id).where(SoundWindows.sound_id == Sound.id).exists()
    found = select(Sound.id).where(Sound.id.in_(ids), _homeless(), ~embedded)
    return list(session.scalars(found.order_by(Sound.id).with_for_update(of=Sound)))


def forget_sounds(session: Session, ids: Sequence[str]) -> None:
    """Delete the rows of sounds that lie nowhere and own no vectors."""
    session.execute(delete(Sound).where(Sound.id.in_(ids)))


def _homeless() -> ColumnElement[bool]:
    return ~select(Location.id).where(Location.sound_id == Sound.id).exists()
