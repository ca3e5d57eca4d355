"""Refuses to answer from a space that lacks sounds which the library's own model would find."""

from sqlalchemy.orm import Session

from foundsound.catalog.models import Space
from foundsound.catalog.spaces import active_space, space_status
from foundsound.errors import LibraryError, ModelError
from foundsound.open_space import OpenSpace


def check_complete(session: Session, space: OpenSpace) -> bool:
    """True when the library is known by this space.

    Raises:
        ModelError: it is known by another one, and some of its sounds are not in this one yet.
        LibraryError: this one was dropped by another process.
    """
    active = active_space(session)
    if active is None or active.id == space.id:
        return True
    wanted = space.embedder.name
    if session.get(Space, space.id) is None:
        raise LibraryError(
            f"The vectors of {wanted} were dropped when another process changed the model to "
            f"{active.model}. Start this one anew; with FOUNDSOUND_MODEL unset it follows."
        )
    status = space_status(session, space.id)
    if not status.blocking:
        return False
    if active.model == wanted:
        used, choice = f"an earlier version of {wanted}", ""
    else:
        used, choice = active.model, f"search with --model {active.model}, or "
    raise ModelError(
        f"The library is embedded with {used}; {status.blocking:,} of its sounds are not yet "
        f"embedded with {wanted} ({space.embedder.version}): {choice}run "
        f"'foundsound model use {wanted}'."
    )
