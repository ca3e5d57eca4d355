"""Looks for near-duplicates: each sound is compared once, with those that the model hears as close.

The vector index names the candidates, so that the cost is one or two searches a sound and not the
square of the library; lengths and fingerprints decide.
"""

import threading
import time

from foundsound.analysis.fingerprint import agreement, alike
from foundsound.analysis.sound_analysis import Fingerprint
from foundsound.catalog.duplicates import (
    NearPair,
    fingerprints_of,
    save_comparison,
    uncompared_count,
    uncompared_sounds,
)
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.open_space import OpenSpace

BATCH = 64  # sounds in one write
CANDIDATES = 48  # windows that a search returns
LEAST_COSINE = 0.7  # copies at the lowest bit rates are above, with every model that we have


def compare_sounds(
    library: Library, progress: IndexProgress, listener: ProgressListener, stop: threading.Event
) -> None:
    """Compare every sound that was not compared yet with all others, and write down the pairs.

    Raises:
        LibraryError: the library failed; finished work is kept.
    """
    started = time.monotonic()
    progress.state = "comparing"
    with library.catalog.read() as session:
        progress.files_total = uncompared_count(session, library.space_id)
    progress.bytes_total = progress.files_total
    listener(progress)
    try:
        while not stop.is_set():
            with library.searching() as space:
                with library.catalog.read() as session:
                    batch = uncompared_sounds(session, space.id, BATCH)
                if not batch:
                    break
                pairs = [
                    pair for id_, own in batch.items() for pair in _pairs(library, space, id_, own)
                ]
            with library.catalog.write() as session:
                save_comparison(session, list(batch), pairs)
            progress.near_duplicates += len({(p.sound_id, p.other_id) for p in pairs})
            progress.files_done += len(batch)
            progress.bytes_done = progress.files_done
            listener(progress)
    finally:
        progress.seconds = time.monotonic() - started
    progress.state = "stopped" if stop.is_set() else "done"
    listener(progress)


def _pairs(library: Library, space: OpenSpace, sound_id: str, own: Fingerprint) -> list[NearPair]:
    if not own.data:
        return []  # silence
    cosines = _candidates(space, sound_id)
    with library.catalog.read() as session:
        others = fingerprints_of(session, list(cosines))
    return [
        NearPair(
            min(sound_id, other_id),
            max(sound_id, other_id),
            cosines[other_id],
            agreement(own, other),
        )
        for other_id, other in sorted(others.items())
        if alike(own, other)
    ]


def _candidates(space: OpenSpace, sound_id: str) -> dict[str, float]:
    """Sounds with a window close to the first or the middle one of this sound, and how close."""
    windows = space.vectors.vectors_of(sound_id)
    found: dict[str, float] = {}
    for place in {0, len(windows) // 2} if len(windows) else ():
        for hit in space.vectors.search(windows[place], CANDIDATES, [sound_id]):
            if hit.score >= LEAST_COSINE:
                found[hit.sound_id] = max(hit.score, found.get(hit.sound_id, -1.0))
    return found
