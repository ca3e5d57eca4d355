"""Waits while workers elsewhere do what is wanted, and tells how far they are."""

import threading
import time
from collections.abc import Sequence
from functools import partial

from foundsound.catalog.scope import Scope
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.drain import what_is_left
from ingest.outage import Patience

LOOK_S = 1.0
QUIET_S = 60.0
NOBODY = "No file was finished for a minute; 'foundsound worker' starts a worker."


def follow(
    library: Library,
    space: OpenSpace,
    scopes: Sequence[Scope],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
) -> None:
    """Return when nobody waits for anything in these places any more; nothing is embedded here.

    What is to be in ``space``; without places, wherever it lies.

    What came to nothing counts as done: which files those are stands in the catalogue.

    Raises:
        Unavailable: ``stop`` was set while a server was away.
    """
    patiently = Patience(library, progress, listener, stop)
    serves = library.space is space
    before, moved_at = progress.elsewhere - progress.files_done, time.monotonic()
    while True:
        left = patiently.do(partial(what_is_left, library, space, scopes))
        if progress.files_total - left.files != progress.files_done:
            moved_at = time.monotonic()
        quiet = time.monotonic() - moved_at > QUIET_S
        progress.message = NOBODY if quiet else ""
        progress.files_total = max(progress.files_total, left.files)
        progress.bytes_total = max(progress.bytes_total, left.bytes)
        progress.files_done = progress.files_total - left.files
        progress.bytes_done = progress.bytes_total - left.bytes
        progress.elsewhere = before + progress.files_done
        listener(progress)
        if not left.files and serves:
            patiently.do(library.follow)  # if another model has taken over, the rest waits for that
        if not left.files or stop.wait(LOOK_S):
            return
