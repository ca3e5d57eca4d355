"""From windows to sounds: a sound's rank is its best window's."""

from collections.abc import Collection, Iterator
from operator import le

from foundsound.tracing import span
from foundsound.vectors.index import Floats, Nearest, VectorIndex, WindowHit

OVERFETCH = 3  # windows asked for a sound wanted; a long recording may own many of the nearest


class Beside:
    """The best windows of some sounds, found in the call that finds the nearest of all.

    Args:
        sound_ids: whose; none = nothing is done.
    """

    def __init__(self, sound_ids: Collection[str] = ()) -> None:
        self._sound_ids = sound_ids
        self.best: dict[str, WindowHit] = {}  # by sound, once something was looked for
        self.complete = False  # then: sounds that have none here have no window at all

    def search(
        self,
        index: VectorIndex,
        vector: Floats,
        limit: int,
        only: Collection[str] | None,
        with_vectors: bool,
    ) -> list[WindowHit]:
        """What the index finds; the first time with the windows of the sounds beside it."""
        ids, self._sound_ids = self._sound_ids, ()
        if not ids:
            return index.search(vector, limit, only=only, with_vectors=with_vectors)
        wanted = OVERFETCH * len(ids)
        searches = [Nearest(limit, only), Nearest(wanted, ids)]
        nearest, own = index.search_batch(vector, searches, with_vectors=with_vectors)
        certain, self.complete = _certain(own, wanted)
        self.best = {hit.sound_id: hit for hit in reversed(certain)}  # the first of each stays
        return nearest


def nearest_sounds(
    index: VectorIndex,
    vector: Floats,
    limit: int,
    exclude: Collection[str] = (),
    *,
    only: Collection[str] | None = None,
    with_vectors: bool = False,
    beside: Beside | None = None,
) -> Iterator[WindowHit]:
    """Yield each sound once, by its best window, best first, until the index is exhausted.

    The first round fetches ``limit * OVERFETCH`` windows; each further one, run only when the
    caller asks on, fetches four times as many. Equal scores are ordered by sound id, so that every
    backend gives one order. The few sounds of ``exclude`` are passed over here: an engine would
    look at every window for them, 75 ms for 200,000 sounds.

    Args:
        beside: is looked for in the same call.
    """
    beside = beside or Beside()
    seen = set(exclude)
    wanted = limit * OVERFETCH
    while True:
        with span("engine"):
            windows = beside.search(index, vector, wanted, only, with_vectors)
        certain, exhausted = _certain(windows, wanted)
        for hit in certain:
            if hit.sound_id not in seen:
                seen.add(hit.sound_id)
                yield hit
        if exhausted:
            return
        wanted *= 4


def _certain(windows: list[WindowHit], wanted: int) -> tuple[list[WindowHit], bool]:
    """Those that no further window can come before, in order, and whether they are all."""
    exhausted = len(windows) < wanted
    scores = [hit.score for hit in windows]
    if any(map(le, scores, scores[1:])):  # hardly ever, and sorting costs more than all else
        windows.sort(key=lambda hit: (-hit.score, hit.sound_id, hit.start_s))
    if exhausted:
        return windows, True
    # Windows beyond the cut may share its score: those wait for the next round.
    cut = windows[-1].score
    return [hit for hit in windows if hit.score > cut], False
