"""Follows a run in another process to its end."""

import time
from typing import Protocol

from foundsound.errors import FoundsoundError, InvalidRequest
from foundsound.indexing import IndexProgress, IndexRuns, ProgressListener
from foundsound.library import Library

POLL_S = 0.2


class Followed(Protocol):
    """Whoever can be asked for a run."""

    def index_progress(self, run_id: str) -> IndexProgress:
        """How far it is."""

    def stop_index(self, run_id: str) -> None:
        """Have it end."""


class ByWorkers:
    """Runs that are queued in a library for its workers.

    Raises:
        InvalidRequest: it has none, because it lies in a folder.
    """

    def __init__(self, library: Library) -> None:
        from ingest.runs import BackgroundRuns

        if not library.shared:
            raise InvalidRequest(
                "A library in a folder has no other workers: leave --by-workers out."
            )
        self.runs: IndexRuns = BackgroundRuns(library, elsewhere=True)

    def index_progress(self, run_id: str) -> IndexProgress:
        """See :class:`Followed`."""
        return self.runs.progress(run_id)

    def stop_index(self, run_id: str) -> None:
        """See :class:`Followed`."""
        self.runs.stop(run_id)


def follow_run(library: Followed, run_id: str, listener: ProgressListener) -> IndexProgress:
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
