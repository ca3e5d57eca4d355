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


def has_windows(session: Session, space_id: int | None = None) -> bool:
    """True when any sound is recorded as embedded in the space, or in any when none is named."""
    found = select(SoundWindows.sound_id).limit(1)
    if space_id is not None:
        found = found.where(SoundWindows.space_id == space_id)
    return session.scalar(found) is not None


def forget_windows(session: Session, space_id: int) -> None:
    """Make every sound of the space work to do again, because its vectors are lost."""
    owned = select(SoundWindows.sound_id).where(SoundWindows.space_id == space_id)
    session.execute(
        update(Sound)
        .where(Sound.id.in_(owned), Sound.state == SoundState.INDEXED)
        .values(state=SoundState.PENDING)
    )
    session.execute(delete(SoundWindows).where(SoundWindows.space_id == space_id))
