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


def page_behind(hits: Iterator[Shown], place: Place, limit: int) -> tuple[list[Shown], int]:
    """The page, and how many hits there are up to its end.

    Where the last hit is gone, the page begins after as many hits as came before.

    Args:
        hits: all of them, in order.
    """
    near = deque(islice(hits, place.offset), maxlen=NEAR)  # offsets may be forged, and be huge
    read = list(near)
    before = place.offset - len(read)
    start = len(read)
    if place.last is not None:
        found = _index(read, place.last)
        while found is None and len(read) < start + NEAR:
            more = list(islice(hits, AT_ONCE))
            if not more:
                break
            among = _index(more, place.last)
            found = None if among is None else len(read) + among
            read += more
        start = start if found is None else found + 1
    end = start + limit
    read += islice(hits, max(end - len(read), 0))
    return read[start:end], before + end


def last_of(page: Sequence[Shown]) -> Last | None:
    """What the next page goes on behind."""
    return Last(None, page[-1].found.id, 0) if page else None


def _index(hits: Sequence[Shown], last: Last) -> int | None:
    """Where it stands now, perhaps as a take of another one."""
    backwards = range(len(hits) - 1, -1, -1)
    here = (at for at in backwards if last.sound_id in (hits[at].found.id, *hits[at].takes))
    return next(here, None)
