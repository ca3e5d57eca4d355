"""From windows to sounds: a sound's rank is its best window's."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from operator import le

from foundsound.tracing import span
from foundsound.vectors.index import Floats, Nearest, VectorIndex, WindowHit

OVERFETCH = 2  # windows asked for a sound wanted; a long recording may own many of the nearest
EACH = 4  # windows asked for of a sound that is named: in most libraries all that it has
_NOTHING = Nearest(0)


class Beside:
    """The best windows of some sounds, found in the call that finds the nearest sounds.

    Args:
        sound_ids: which; none = nothing is done.
        with_vectors: their hits carry their own vectors.
    """

    def __init__(self, sound_ids: Sequence[str] = (), *, with_vectors: bool = False) -> None:
        self._wanted = Nearest(EACH * len(sound_ids), sound_ids, with_vectors)
        # Once it was looked for; None: the sound has no window.
        self.best: dict[str, WindowHit | None] = {}

    def search(
        self,
        index: VectorIndex,
        vector: Floats,
        limit: int,
        only: Collection[str] | None,
        with_vectors: bool,
    ) -> list[WindowHit]:
        """The nearest windows; the first time with those of the sounds beside them."""
        wanted, self._wanted = self._wanted, _NOTHING
        if not wanted.limit:
            return index.search(vector, limit, only=only, with_vectors=with_vectors)
        nearest = Nearest(limit, only, with_vectors)
        windows, own = index.search_batch(vector, [nearest, wanted])
        self.best = best_windows(own, wanted)
        return windows


def best_windows(windows: list[WindowHit], asked: Nearest) -> dict[str, WindowHit | None]:
    """By sound its best window, of some that were asked for; None: it has none.

    Those are left out whose windows others have crowded out, as long recordings own many.
    """
    exhausted = len(windows) < asked.limit
    best: dict[str, WindowHit | None] = dict.fromkeys(asked.only or ()) if exhausted else {}
    for hit in certain(windows, asked.limit):
        if best.get(hit.sound_id) is None:
            best[hit.sound_id] = hit
    return best


def nearest_sounds(
    index: VectorIndex,
    vector: Floats,
    limit: int,
    exclude: Collection[str] = (),
    *,
    only: Collection[str] | None = None,
    with_vectors: bool = False,
    first_with_vectors: bool = False,
    beside: Beside | None = None,
) -> Iterator[WindowHit]:
    """Yield each sound once, by its best window, best first, until the index is exhausted.

    The first round fetches ``limit * OVERFETCH`` windows; each further one, run only when the
    caller asks on, fetches four times as many. Equal scores are ordered by sound id, so that every
    backend gives one order. The few sounds of ``exclude`` are passed over here: an engine would
    look at every window for them, 75 ms for 200,000 sounds.

    Args:
        with_vectors: the hits carry their vectors.
        first_with_vectors: those of the first round do; who reads far needs none of the others.
        beside: is looked for in the first call.
    """
    beside = beside or Beside()
    seen = set(exclude)
    wanted = limit * OVERFETCH
    while True:
        with span("engine"):
            windows = beside.search(index, vector, wanted, only, with_vectors or first_with_vectors)
        for hit in certain(windows, wanted):
            if hit.sound_id not in seen:
                seen.add(hit.sound_id)
                yield hit
        if len(windows) < wanted:
            return
        wanted *= 4
        first_with_vectors = False


def certain(windows: list[WindowHit], wanted: int) -> Iterable[WindowHit]:
    """Of windows that were found, those that no other one can come before, in order.

    Args:
        wanted: so many were asked for; fewer are all there are.
    """
    scores = [hit.score for hit in windows]
    # Hardly ever, and sorting costs more than all else.
    if any(map(le, scores, islice(scores, 1, None))):
        windows.sort(key=lambda hit: (-hit.score, hit.sound_id, hit.start_s))
    if len(windows) < wanted:
        return windows
    # Windows beyond the cut may share its score: those wait for the next round.
    cut = windows[-1].score
    return takewhile(lambda hit: hit.score > cut, windows)
