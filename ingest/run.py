"""One index run: reconcile each path, then work off what there is to do."""

import os
import threading
import time
from collections.abc import Sequence
from functools import partial

from foundsound.catalog.models import Priority
from foundsound.catalog.paths import path_text
from foundsound.catalog.scope import Scope
from foundsound.errors import Unavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from ingest.drain import drain, what_is_left
from ingest.findings import Found
from ingest.follow import follow
from ingest.outage import Patience
from ingest.reconcile import inner_roots, look_at, place_of, queue_unfinished, reconcile_root
from ingest.upkeep import keep_up


def index_paths(
    library: Library,
    paths: Sequence[str | os.PathLike[str]],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    *,
    elsewhere: bool = False,
) -> None:
    """Index folders and files into an open library; a server that is away is waited for.

    Args:
        progress: fresh counts, updated as the run goes on.
        listener: called in this thread whenever the counts change.
        stop: set it to end the run early; what is done is kept.
        elsewhere: workers embed what is found, and nothing is done here but to follow them.

    Raises:
        InvalidRequest: a path does not exist or is no audio.
        LibraryError, ModelError: the library or the model failed; finished work is kept.
    """
    started = time.monotonic()
    progress.state = "scanning"
    listener(progress)
    looks = _Looks(progress)
    patiently = Patience(library, progress, listener, stop)
    try:
        for path in paths:
            if stop.is_set():
                break
            root, below = patiently.do(partial(place_of, library, path))
            # First: what was moved there from the outer root is then known to be no loss.
            for root_id in patiently.do(partial(inner_roots, library, path)):
                if stop.is_set():
                    break
                if Scope(root_id) not in looks.scopes:
                    look = partial(reconcile_root, library, root_id, stop, Priority.USER)
                    looks.add(*patiently.do(look))
            if not stop.is_set():
                here = partial(look_at, library, root, below, stop, Priority.USER)
                looks.add(*patiently.do(here))
    except Unavailable:
        if not stop.is_set():
            raise
    finally:
        progress.seconds = time.monotonic() - started
    work_off(library, looks.scopes, progress, listener, stop, looks.queued, elsewhere=elsewhere)


class _Looks:
    """Where a run looked, and what it found there, counted in its progress."""

    def __init__(self, progress: IndexProgress) -> None:
        self.scopes: list[Scope] = []
        self.queued = 0
        self._progress = progress

    def add(self, scope: Scope, found: Found) -> None:
        """One more place."""
        self.scopes.append(scope)
        self.queued += found.queued
        progress = self._progress
        progress.new += found.new
        progress.changed += found.changed
        progress.moved += found.moved
        progress.resumed += found.resumed
        progress.unchanged += found.unchanged
        progress.missing += found.missing
        for problem in found.problems:
            progress.add_problem(path_text(problem.path), problem.reason)
        progress.problem_count += found.problem_count - len(found.problems)


def work_off(
    library: Library,
    scopes: Sequence[Scope],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    queued: int = 0,
    *,
    elsewhere: bool = False,
) -> None:
    """Embed what somebody waits for in these places, and bring everything else up to date.

    Args:
        queued: files that waited when their places were looked at; other workers may have been
            quicker since.
        elsewhere: other processes do it all.

    Raises:
        LibraryError, ModelError: the library or the model failed; finished work is kept.
    """
    started = time.monotonic() - progress.seconds
    patiently = Patience(library, progress, listener, stop)
    try:
        if scopes:
            work = patiently.do(partial(what_is_left, library, library.space, scopes))
            progress.files_total, progress.bytes_total = work.files, work.bytes
            progress.elsewhere += max(0, queued - work.files)
            progress.state = "indexing"
            listener(progress)
            embed = follow if elsewhere else drain
            while not stop.is_set():
                space = library.space
                embed(library, space, scopes, progress, listener, stop)
                if library.space is space:
                    break
                for scope in scopes:  # by the model that has taken over; nobody else may do it
                    patiently.do(partial(queue_unfinished, library, scope, Priority.USER))
                work = patiently.do(partial(what_is_left, library, library.space, scopes))
                progress.files_total = progress.files_done + work.files
                progress.bytes_total = progress.bytes_done + work.bytes
        if not elsewhere:
            patiently.do(partial(keep_up, library, progress, listener, stop))
    except Unavailable:
        if not stop.is_set():
            raise
    finally:
        progress.seconds = time.monotonic() - started
    progress.state = "stopped" if stop.is_set() else "done"
    listener(progress)
