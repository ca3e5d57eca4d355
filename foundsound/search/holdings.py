"""Why nothing at all can be found in a library, whatever is asked."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location
from foundsound.search.hydrate import files_at_hand
from foundsound.search.query.filters import Conditions

EMPTY = "The library is empty. Index a folder first: foundsound index ~/Sounds"
GONE = "All files of the library are gone. 'foundsound roots list' tells which folders are away."
NOT_YET = "No sound is indexed yet. 'foundsound status' tells what waits, 'foundsound failed' why."


def why_nothing(session: Session) -> str | None:
    """A sentence; None when there are sounds that some query finds."""
    if session.scalar(files_at_hand(Conditions()).limit(1)) is not None:
        return None
    there = func.count().filter(Location.missing_since.is_(None))
    files, at_hand = session.execute(select(func.count(), there).select_from(Location)).one()
    if not files:
        return EMPTY
    return NOT_YET if at_hand else GONE
