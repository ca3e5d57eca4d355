"""Works off what somebody waits for in some places, and returns when nothing of it is left."""

import threading
from collections.abc import Sequence
from functools import partial

from foundsound.catalog.queue import OpenWork, open_work
from foundsound.catalog.scope import Scope
from foundsound.errors import LibraryError
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.leases import Leases
from ingest.outage import Patience
from ingest.pipeline import Pipeline

WAIT_S = 1.0  # for files that another worker has in hand


def drain(
    library: Library,
    space: OpenSpace,
    scopes: Sequence[Scope],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
) -> None:
    """Embed the files of these places into ``space``, side by side with other workers.

    A file that is put off is waited for no longer: its problem has been told. A server that is away
    is waited for. Where another model takes the place of the library's own, the rest is left to it.

    Raises:
        LibraryError, ModelError: the library or the model failed; finished work is kept.
        Unavailable: ``stop`` was set while a server was away.
    """
    patiently = Patience(library, progress, listener, stop)
    attempt = partial(_work_off, library, space, scopes, progress, listener, stop)
    serves, replaced = library.space is space, partial(is_replaced, library, space)
    while not stop.is_set():
        before = progress.files_done
        try:
            left = patiently.do(attempt)
        except LibraryError:
            if serves and patiently.do(replaced):  # and its vectors are dropped
                return
            raise
        if not left.files:
            if serves and patiently.do(replaced):
                return
            progress.elsewhere += max(0, progress.files_total - progress.files_done)
            progress.files_done, progress.bytes_done = progress.files_total, progress.bytes_total
            listener(progress)
            return
        if progress.files_done == before:
            stop.wait(WAIT_S)


def _work_off(
    library: Library,
    space: OpenSpace,
    scopes: Sequence[Scope],
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
) -> OpenWork:
    """Do what can be claimed now; returns what is left for somebody."""
    with Leases(library, space.id, scopes) as leases:
        Pipeline(library, space, leases, progress, listener, stop).run()
    return what_is_left(library, space, scopes)


def is_replaced(library: Library, space: OpenSpace) -> bool:
    """True when another space is the library's own now, which it follows.

    Raises:
        ModelError: its model does not work here.
        Unavailable: a server is away.
    """
    library.follow()
    return library.space is not space


def what_is_left(library: Library, space: OpenSpace, scopes: Sequence[Scope]) -> OpenWork:
    """What somebody waits for in these places."""
    with library.catalog.read() as session:
        return open_work(session, space.id, scopes)
