"""One index run: reconcile each path, then work off what there is to do."""

import os
import threading
import time
from collections.abc import Sequence

from foundsound.catalog.paths import path_text
from foundsound.catalog.spaces import active_space, space_status
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from ingest.describe import describe_lacking
from ingest.pipeline import Pipeline
from ingest.purge import purge_replaced
from ingest.reconcile import WorkItem, reconcile


def index_paths(
    library: Library,
    paths: Sequence[str | os.PathLike[str]],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
) -> None:
    """Index folders and files into an open library.

    Args:
        progress: fresh counts, updated as the run goes on.
        listener: called in this thread whenever the counts change.
        stop: set it to end the run early; what is done is kept.

    Raises:
        InvalidRequest: a path does not exist or is no audio.
        LibraryError, ModelError: the library or the model failed; finished work is kept.
    """
    started = time.monotonic()
    progress.state = "scanning"
    listener(progress)
    work: dict[int, WorkItem] = {}  # by location: paths may overlap
    try:
        for path in paths:
            if stop.is_set():
                break
            found = reconcile(library, path, stop)
            work |= {item.location_id: item for item in found.work}
            progress.new += found.new
            progress.changed += found.changed
            progress.resumed += found.resumed
            progress.unchanged += found.unchanged
            progress.missing += found.missing
            for problem in found.problems:
                progress.add_problem(path_text(problem.path), problem.reason)
        progress.files_total = len(work)
        progress.bytes_total = sum(item.size for item in work.values())
        progress.state = "indexing"
        listener(progress)
        Pipeline(library, library.space, progress, listener, stop).run(list(work.values()))
        describe_lacking(library, progress, listener, stop)
        library.refresh_words(stop.is_set)
        if not stop.is_set():
            purge_replaced(library)
            if progress.embedded:
                library.vectors.optimize()
                library.words.optimize()
            _activate_if_complete(library)
    finally:
        progress.seconds = time.monotonic() - started
    progress.state = "stopped" if stop.is_set() else "done"
    listener(progress)


def _activate_if_complete(library: Library) -> None:
    """Another model than the library's own takes over once no sound would be lost by it."""
    with library.catalog.read() as session:
        active = active_space(session)
        if active is not None and active.id == library.space_id:
            return
        blocking = space_status(session, library.space_id).blocking
    if not blocking:
        library.activate(library.space)
