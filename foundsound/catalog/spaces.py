"""Embedding spaces as the catalogue records them."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Sound, SoundState, SoundWindows, Space


def active_space(session: Session) -> Space | None:
    """The space that searches use; None before anything was indexed."""
    return session.scalar(select(Space).where(Space.active))


def activate_space(session: Session, key: str, model: str, dim: int) -> Space:
    """Make the space called ``key`` the active one, adding it when it is new."""
    space = session.scalar(select(Space).where(Space.key == key))
    if space is None:
        space = Space(key=key, model=model, dim=dim, active=True)
        session.add(space)
    session.execute(update(Space).where(Space.key != key).values(active=False))
    space.active = True
    session.flush()
    return space


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
