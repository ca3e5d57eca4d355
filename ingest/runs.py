"""Index runs in the background of a process that serves: one at a time, in order."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import count

from foundsound.duplicates.compare import compare_sounds
from foundsound.errors import FoundsoundError, NotFound
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import Library
from ingest.run import index_paths
from ingest.switch import switch_model
from ingest.worker import Worker

KEPT = 100  # ended runs that can still be asked for

log = logging.getLogger(__name__)


@dataclass
class _Run:
    progress: IndexProgress = field(default_factory=IndexProgress)
    stop: threading.Event = field(default_factory=threading.Event)


class BackgroundRuns:
    """See :class:`~foundsound.indexing.IndexRuns`; runs wait for each other.

    Args:
        worker: pauses while an index run works, which has the files that somebody waits for.
        elsewhere: index runs embed nothing here; they look for files and follow the workers that
            do.
    """

    def __init__(
        self, library: Library, worker: Worker | None = None, *, elsewhere: bool = False
    ) -> None:
        self._elsewhere = elsewhere
        self._library = library
        self._worker = worker
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index-run")
        self._runs: dict[str, _Run] = {}
        self._numbers = count(1)

    def start(self, paths: Sequence[str | os.PathLike[str]]) -> str:
        """Queue an index run; returns its id."""
        return self._queue(lambda run: self._index(paths, run))

    def start_switch(self, switch: Switch) -> str:
        """Queue a change of the library's model; returns its id."""
        return self._queue(
            lambda run: switch_model(self._library, switch, run.progress, _ignore, run.stop)
        )

    def start_comparison(self) -> str:
        """Queue a search for near-duplicates; returns its id."""
        return self._queue(
            lambda run: compare_sounds(self._library, run.progress, _ignore, run.stop)
        )

    def _queue(self, work: Callable[[_Run], None]) -> str:
        run_id = f"run-{next(self._numbers)}"
        run = self._runs[run_id] = _Run()
        for old, ended in list(self._runs.items())[:-KEPT]:
            if ended.progress.state in ("done", "stopped", "failed"):
                self._runs.pop(old, None)
        self._pool.submit(_work, run, work)
        return run_id

    def progress(self, run_id: str) -> IndexProgress:
        """The counts of a run now."""
        return self._find(run_id).progress

    def stop(self, run_id: str) -> None:
        """Ask a run to end early."""
        self._find(run_id).stop.set()

    def ask_to_stop(self) -> None:
        """Ask every run to end early."""
        for run in list(self._runs.values()):
            run.stop.set()

    def close(self) -> None:
        """Stop every run and wait until the library is at rest."""
        self.ask_to_stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _index(self, paths: Sequence[str | os.PathLike[str]], run: _Run) -> None:
        with self._worker.paused() if self._worker else nullcontext():
            index_paths(
                self._library,
                paths,
                run.progress,
                _ignore,
                run.stop,
                elsewhere=self._elsewhere,
            )

    def _find(self, run_id: str) -> _Run:
        try:
            return self._runs[run_id]
        except KeyError:
            raise NotFound(f"There is no index run {run_id}.") from None


def _work(run: _Run, work: Callable[[_Run], None]) -> None:
    try:
        work(run)
    except FoundsoundError as error:
        run.progress.message = str(error)
        run.progress.state = "failed"
    except Exception:  # a bug: told to the caller, and the server lives on
        log.exception("run failed")
        run.progress.message = "The run failed; the server's log says why."
        run.progress.state = "failed"


def _ignore(_: IndexProgress) -> None:
    """Whoever wants to know the progress asks for it."""
