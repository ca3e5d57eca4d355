"""Embedding spaces as the catalogue records them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound, SoundState, SoundWindows, Space
from foundsound.catalog.upsert import insert_missing


@dataclass(frozen=True)
class SpaceStatus:
    """A space, and how far it has come."""

    id: int
    key: str
    model: str
    dim: int
    active: bool
    sounds: int  # with a file at hand, that have their vectors in it
    lacking: int  # with a file at hand and not refused, that have none in it yet
    blocking: int  # with a file at hand, in the active space but not here: a switch loses them


def active_space(session: Session) -> Space | None:
    """The space of the last complete index run; None before anything was indexed."""
    return session.scalar(select(Space).where(Space.active))


def ensure_space(
    session: Session, key: str, model: str, dim: int, *, take_back: bool = True
) -> Space:
    """The space called ``key``, added when it is new; active only if it is the first.

    Args:
        take_back: it is wanted again, if it was retired.
    """
    insert_missing(session, Space, key=key, model=model, dim=dim, active=False)
    space = session.scalars(select(Space).where(Space.key == key)).one()
    if take_back:
        space.retired_at = None
    if active_space(session) is None:
        space.active = True
        session.flush()
    return space


def activate_space(session: Session, space_id: int, model: str) -> None:
    """Make this space the one that the library is known by, under the model's present name.

    Raises:
        NoResultFound: there is no such space.
    """
    session.get_one(Space, space_id)
    session.execute(update(Space).values(active=Space.id == space_id))
    session.execute(update(Space).where(Space.id == space_id).values(model=model, retired_at=None))


def retire_space(session: Session, space_id: int, now: datetime) -> None:
    """Nobody wants this space's vectors any more; they may be dropped, and then its row."""
    forget_windows(session, space_id)
    session.execute(update(Space).where(Space.id == space_id).values(retired_at=now))


def window_count(session: Session, space_id: int) -> int:
    """Vectors that the space must hold."""
    total = select(func.sum(SoundWindows.count)).where(SoundWindows.space_id == space_id)
    return int(session.scalar(total) or 0)  # PostgreSQL's sums of integers are Decimals


def forget_windows(session: Session, space_id: int) -> None:
    """Make every sound of the space work to do again, because its vectors are lost.

    A sound that has vectors nowhere else is pending from now on.
    """
    session.execute(delete(SoundWindows).where(SoundWindows.space_id == space_id))
    settle_sounds(session)


def settle_sounds(session: Session) -> None:
    """Make sounds that have no vectors in any space work to do."""
    nowhere = ~select(SoundWindows.sound_id).where(SoundWindows.sound_id == Sound.id).exists()
    session.execute(
        update(Sound)
        .where(Sound.state == SoundState.INDEXED, nowhere)
        .values(state=SoundState.PENDING)
    )


def all_spaces(session: Session) -> list[Space]:
    """Every space, in the order of its making."""
    return list(session.scalars(select(Space).order_by(Space.id)))


def space_statuses(session: Session) -> list[SpaceStatus]:
    """Every space and how far it has come, in the order of its making."""
    active = active_space(session)
    return [_status(session, space, active) for space in all_spaces(session)]


def spaces_to_drop(session: Session, before: datetime, *, empty: bool) -> list[Space]:
    """Spaces that are not active and whose vectors nobody wants.

    Args:
        before: they were retired then or earlier.
        empty: also those that hold no sound, which an interrupted change leaves behind; while
            others are at work, one of theirs may have just been begun.
    """
    owned = select(SoundWindows.sound_id).where(SoundWindows.space_id == Space.id).exists()
    unwanted = Space.retired_at <= before
    wanted = or_(unwanted, ~owned) if empty else unwanted
    return list(session.scalars(select(Space).where(~Space.active, wanted)))


def space_status(session: Session, space_id: int) -> SpaceStatus:
    """How far one space has come."""
    return _status(session, session.get_one(Space, space_id), active_space(session))


def windows_of(session: Session, sound_id: str) -> list[tuple[str, int]]:
    """The models that embedded a sound, each with its number of windows."""
    rows = session.execute(
        select(Space.model, SoundWindows.count)
        .join(SoundWindows, SoundWindows.space_id == Space.id)
        .where(SoundWindows.sound_id == sound_id)
        .order_by(Space.id)
    )
    return [(model, count) for model, count in rows]


def delete_space(session: Session, space_id: int) -> None:
    """Forget a space, whose vectors are gone."""
    forget_windows(session, space_id)
    session.execute(delete(Space).where(Space.id == space_id))


def embedded_in(space_id: int) -> ColumnElement[bool]:
    """Condition on Sound: it has vectors in the space."""
    owned = (SoundWindows.sound_id == Sound.id, SoundWindows.space_id == space_id)
    return select(SoundWindows.sound_id).where(*owned).exists()


_at_hand = (
    select(Location.id)
    .where(Location.sound_id == Sound.id, Location.missing_since.is_(None))
    .exists()
)


def _status(session: Session, space: Space, active: Space | None) -> SpaceStatus:
    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(Sound.id)).where(_at_hand, *conditions)) or 0

    lacking = (Sound.state != SoundState.FAILED, ~embedded_in(space.id))
    return SpaceStatus(
        id=space.id,
        key=space.key,
        model=space.model,
        dim=space.dim,
        active=space.active,
        sounds=count(embedded_in(space.id)),
        lacking=count(*lacking),
        blocking=count(~embedded_in(space.id), embedded_in(active.id)) if active else 0,
    )
