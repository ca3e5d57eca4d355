"""Follows a run in another process to its end."""

import time

from foundsound.cli.remote import RemoteLibrary
from foundsound.errors import FoundsoundError
from foundsound.indexing import IndexProgress, ProgressListener

POLL_S = 0.2


def follow_run(library: RemoteLibrary, run_id: str, listener: ProgressListener) -> IndexProgress:
    """Hand each new count to ``listener``; Ctrl-C stops the run over there, a second one leaves it.

    Raises:
        FoundsoundError: the run failed.
    """
    stopping = False
    while True:
        try:
            progress = library.index_progress(run_id)
            listener(progress)
            if progress.state == "failed":
                raise FoundsoundError(progress.message)
            if progress.state in ("done", "stopped"):
                return progress
            time.sleep(POLL_S)
        except KeyboardInterrupt:
            if stopping:
                raise
            stopping = True
            library.stop_index(run_id)
