"""Where the next page of a ranking begins: behind the last hit of the one before.

A ranking is made anew for each page. Sounds that came or went meanwhile move the rest of it, so a
count of hits would show some twice and others never.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from foundsound.search.cursor import Last, Place
from foundsound.search.shown import Shown

NEAR = 5000  # hits on either side of its old place among which the last one is looked for
AT_ONCE = 100  # of them
BETWEEN = 200  # hits that come between two others meanwhile, at most
BEFORE = 4  # hits before the last one, which may be deleted


def page_behind(
    hits: Iterator[Shown], place: Place, limit: int
) -> tuple[list[Shown], int, Last | None]:
    """The page, how many hits there are up to its end, and what the next one goes on behind.

    Where the last hit is gone, the page begins behind the one before it; where all that the cursor
    names are, after as many hits as came before.

    Args:
        hits: all of them, in order.
    """
    near = deque(islice(hits, place.offset), maxlen=NEAR)  # offsets may be forged, and be huge
    read = list(near)
    before = place.offset - len(read)
    start = len(read)
    if place.last is not None:
        found = _index(read, place.last.sound_id)
        # Where one of those before it is, it is not far, or gone.
        ahead = NEAR if _first(read, place.last.before) is None else BETWEEN
        while found is None and len(read) < start + ahead:
            more = list(islice(hits, AT_ONCE))
            if not more:
                break
            among = _index(more, place.last.sound_id)
            found = None if among is None else len(read) + among
            read += more
        if found is None:
            found = _first(read, place.last.before)
        start = start if found is None else found + 1
    end = start + limit
    read += islice(hits, max(end - len(read), 0))
    return read[start:end], before + end, _last_of(read[:end])


def _last_of(read: Sequence[Shown]) -> Last | None:
    """The last hit, with those before it."""
    ids = [each.found.id for each in read[-1 : -BEFORE - 2 : -1]]
    return Last(None, ids[0], 0, tuple(ids[1:])) if ids else None


def _first(hits: Sequence[Shown], sound_ids: Sequence[str]) -> int | None:
    """Where the first of them that is there stands."""
    places = (_index(hits, id_) for id_ in sound_ids)
    return next((at for at in places if at is not None), None)


def _index(hits: Sequence[Shown], sound_id: str) -> int | None:
    """Where it stands now, perhaps as a take of another one."""
    backwards = range(len(hits) - 1, -1, -1)
    here = (at for at in backwards if sound_id in (hits[at].found.id, *hits[at].takes))
    return next(here, None)
