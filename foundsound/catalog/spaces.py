"""Embedding spaces as the catalogue records them."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Sound, SoundState, SoundWindows, Space


def active_space(session: Session) -> Space | None:
    """The space of the last complete index run; None before anything was indexed."""
    return session.scalar(select(Space).where(Space.active))


def ensure_space(session: Session, key: str, model: str, dim: int) -> Space:
    """The space called ``key``, added when it is new; active only if it is the first."""
    space = session.scalar(select(Space).where(Space.key == key))
    if space is None:
        space = Space(key=key, model=model, dim=dim, active=active_space(session) is None)
        session.add(space)
        session.flush()
    return space


def activate_space(session: Session, space_id: int) -> None:
    """Make this space the one that the library is known by."""
    session.execute(update(Space).values(active=Space.id == space_id))


def window_count(session: Session, space_id: int) -> int:
    """Vectors that the space must hold."""
    total = select(func.sum(SoundWindows.count)).where(SoundWindows.space_id == space_id)
    return session.scalar(total) or 0


def has_windows(session: Session, space_id: int) -> bool:
    """True when any sound is recorded as embedded in the space."""
    found = select(SoundWindows.sound_id).where(SoundWindows.space_id == space_id).limit(1)
    return session.scalar(found) is not None


def embedded_models(session: Session) -> list[str]:
    """Names of the models that embedded any sound, in the order of their first use."""
    used = select(SoundWindows.sound_id).where(SoundWindows.space_id == Space.id).exists()
    return list(session.scalars(select(Space.model).where(used).order_by(Space.id)))


def forget_windows(session: Session, space_id: int) -> None:
    """Make every sound of the space work to do again, because its vectors are lost."""
    owned = select(SoundWindows.sound_id).where(SoundWindows.space_id == space_id)
    session.execute(
        update(Sound)
        .where(Sound.id.in_(owned), Sound.state == SoundState.INDEXED)
        .values(state=SoundState.PENDING)
    )
    session.execute(delete(SoundWindows).where(SoundWindows.space_id == space_id))
