"""Blue/green: embed the whole library with another model while the old one serves."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from foundsound.calibrate import calibrate
from foundsound.catalog.backlog import enqueue_lacking, lacking_sounds, most_copies, withdraw
from foundsound.catalog.queue import OpenWork, database_now, work_space
from foundsound.catalog.spaces import space_status
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.self_check import self_check
from foundsound.errors import LibraryError, Unavailable
from foundsound.hearing.suggest import suggest_lacking
from foundsound.indexing import IndexProgress, ProgressListener, Switch
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.drain import drain
from ingest.follow import follow
from ingest.outage import Patience

log = logging.getLogger(__name__)


def switch_model(
    library: Library,
    wanted: Switch,
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    *,
    elsewhere: bool = False,
    goes_on: Callable[[], bool] = lambda: False,
) -> None:
    """Make another model the one that the library is known by, once every sound has its vectors.

    Until then the old one serves. Interrupted anywhere, the next call goes on from there.

    Args:
        elsewhere: workers embed the sounds, and nothing is done here but to follow them.
        goes_on: asked at a stop: another process takes over, and what workers do is not withdrawn.

    Raises:
        LibraryError: some sounds could not be embedded; the old model still serves.
        ModelError: the model is unknown or does not work.
    """
    started = time.monotonic()
    embedder = create_embedder(wanted.model, library.settings)
    self_check(embedder)  # before hours of work; it also loads the text side
    if elsewhere:  # until the others are done this process needs no memory for it
        embedder = create_embedder(wanted.model, library.settings)
    space = library.space_of(embedder, take_back=True)
    done = False
    try:
        _embed_all(library, space, progress, listener, stop, elsewhere=elsewhere)
        if not stop.is_set():
            _check_complete(library, space, wanted)
            calibrate(library, space)
            library.activate(space, keep=wanted.keep)
            library.catalog.signal.notify()  # other workers follow
            done = True
            suggest_lacking(library, stop.is_set)
    finally:
        if not done and not (stop.is_set() and goes_on()):
            _withdraw(library, space)
        if library.space is not space:
            space.close()
        progress.seconds = time.monotonic() - started
    progress.state = "done" if done else "stopped"
    listener(progress)


def _embed_all(
    library: Library,
    space: OpenSpace,
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    *,
    elsewhere: bool,
) -> None:
    """Embed what the space lacks, and then what has come meanwhile: with the old model only."""
    failed: set[str] = set()
    untried = False
    while not stop.is_set():
        _embed_lacking(library, space, progress, listener, stop, untried, elsewhere=elsewhere)
        with library.catalog.read() as session:
            lacking = lacking_sounds(session, space.id)
        if lacking <= failed:
            break
        failed, untried = lacking, True
    if progress.embedded or progress.elsewhere:
        space.vectors.optimize()


def _embed_lacking(
    library: Library,
    space: OpenSpace,
    progress: IndexProgress,
    listener: ProgressListener,
    stop: threading.Event,
    untried: bool,
    *,
    elsewhere: bool,
) -> None:
    progress.state = "indexing"
    patiently = Patience(library, progress, listener, stop)
    # What one file did not give, another file with the same content may.
    for copy in range(1, patiently.do(partial(_most_copies, library, space)) + 1):
        if stop.is_set():
            break
        work = patiently.do(partial(_enqueue, library, space, copy, untried=untried))
        if not work.files:
            continue
        progress.files_total += work.files
        progress.bytes_total += work.bytes
        listener(progress)
        if elsewhere:
            follow(library, space, (), progress, listener, stop)
        else:
            drain(library, space, (), progress, listener, stop)


def _most_copies(library: Library, space: OpenSpace) -> int:
    with library.catalog.read() as session:
        return most_copies(session, space.id)


def _enqueue(library: Library, space: OpenSpace, copy: int, *, untried: bool) -> OpenWork:
    with library.catalog.write() as session:
        now = database_now(session)
        work = enqueue_lacking(session, space.id, now, copy, untried=untried)
    library.catalog.signal.notify()  # other workers may help
    return work


def _withdraw(library: Library, space: OpenSpace) -> None:
    """Other workers shall not go on with a change that was given up."""
    try:
        with library.catalog.write(alone=True) as session:
            if work_space(session, space.id):
                withdraw(session, space.id, database_now(session))
    except Unavailable as error:  # then they do, and the same command finds it done
        log.warning("what waits for %s stays in the queue: %s", space.embedder.name, error)


def _check_complete(library: Library, space: OpenSpace, wanted: Switch) -> None:
    with library.catalog.read() as session:
        status = space_status(session, space.id)
    if status.blocking and not wanted.force:
        raise LibraryError(
            f"{status.blocking:,} of {status.blocking + status.sounds:,} sounds could not be "
            f"embedded with {status.model}, so the old model still serves; 'foundsound failed' "
            "says why. Files that were changed or deleted are taken up by 'foundsound "
            "index'; then try again, or switch without these sounds: --force."
        )
