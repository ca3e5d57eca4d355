"""What is due once the queue is empty: what is left to be read, removed, tidied and measured."""

import threading

from foundsound.calibrate import calibrate
from foundsound.catalog.spaces import active_space, space_status
from foundsound.embedding.choice import AUTO
from foundsound.hearing.suggest import suggest_lacking
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from ingest.analyse import analyse_lacking
from ingest.describe import describe_lacking
from ingest.purge import purge


def keep_up(
    library: Library, progress: IndexProgress, listener: ProgressListener, stop: threading.Event
) -> None:
    """Bring everything beside the vectors up to date; cheap when it is.

    Raises:
        LibraryError, ModelError: the library or the model failed.
    """
    describe_lacking(library, progress, listener, stop)
    library.refresh_words(stop.is_set)
    if stop.is_set():
        return
    purge(library)
    if progress.embedded:
        library.vectors.optimize()
        library.words.optimize()
    calibrate(library, library.space)
    _activate_if_complete(library)
    suggest_lacking(library, stop.is_set)
    analyse_lacking(library, progress, listener, stop)


def _activate_if_complete(library: Library) -> None:
    """Another model than the library's own takes over once no sound would be lost by it.

    One that was asked for by name, or another version of the library's own: any other one is a
    model that another process has just replaced.
    """
    with library.catalog.read() as session:
        active = active_space(session)
        if active is not None and active.id == library.space_id:
            return
        named = library.settings.model != AUTO
        if active is not None and not named and active.model != library.embedder.name:
            return
        blocking = space_status(session, library.space_id).blocking
    if not blocking:
        library.activate(library.space)
