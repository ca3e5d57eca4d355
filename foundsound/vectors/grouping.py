"""From windows to sounds: a sound's rank is its best window's."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice, takewhile
from operator import le

from foundsound.tracing import span
from foundsound.vectors.index import Floats, VectorIndex, WindowHit

OVERFETCH = 2  # windows asked for a sound wanted; a long recording may own many of the nearest


def nearest_sounds(
    index: VectorIndex,
    vector: Floats,
    limit: int,
    exclude: Collection[str] = (),
    *,
    only: Collection[str] | None = None,
    with_vectors: bool = False,
) -> Iterator[WindowHit]:
    """Yield each sound once, by its best window, best first, until the index is exhausted.

    The first round fetches ``limit * OVERFETCH`` windows; each further one, run only when the
    caller asks on, fetches four times as many. Equal scores are ordered by sound id, so that every
    backend gives one order. The few sounds of ``exclude`` are passed over here: an engine would
    look at every window for them, 75 ms for 200,000 sounds.
    """
    seen = set(exclude)
    wanted = limit * OVERFETCH
    while True:
        with span("engine"):
            windows = index.search(vector, wanted, only=only, with_vectors=with_vectors)
        for hit in certain(windows, wanted):
            if hit.sound_id not in seen:
                seen.add(hit.sound_id)
                yield hit
        if len(windows) < wanted:
            return
        wanted *= 4


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
