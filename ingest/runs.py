"""Index runs in the background of a process that serves: one at a time, in order.

Where workers share the library and this process leaves the work to them, a change of models and the
search for near-duplicates are queued for them in the catalogue, see ``errands.py``.
"""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from foundsound.catalog.queue import database_now
from foundsound.catalog.runs import (
    KnownRun,
    add_run,
    find_run,
    open_runs,
    stop_run,
)
from foundsound.duplicates.compare import compare_sounds
from foundsound.errors import FoundsoundError, NotFound
from foundsound.indexing import IndexProgress, RunKind, Switch, ToldRun
from foundsound.library import Library
from ingest.run import index_paths
from ingest.switch import switch_model
from ingest.worker import Worker

KEPT = 100  # ended runs that can still be asked for
QUIET_S = 60.0
NOBODY = "No worker has taken it up; 'foundsound worker' starts one."
UNKNOWN = "There is no index run {}."
ENDED = ("done", "stopped", "failed")
QUEUED = "queued-"  # and a number: of a run that workers do

log = logging.getLogger(__name__)


@dataclass
class _Run:
    kind: RunKind
    model: str | None = None  # that a change leads to
    progress: IndexProgress = field(default_factory=IndexProgress)
    stop: threading.Event = field(default_factory=threading.Event)


class BackgroundRuns:
    """See :class:`~foundsound.indexing.IndexRuns`; runs wait for each other.

    Args:
        worker: pauses while an index run works, which has the files that somebody waits for.
        elsewhere: index runs embed nothing here; they look for files and follow the workers that
            do. Other runs are done by workers as a whole, if the library is shared with any.
    """

    def __init__(
        self, library: Library, worker: Worker | None = None, *, elsewhere: bool = False
    ) -> None:
        self._elsewhere = elsewhere
        self._library = library
        self._worker = worker
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index-run")
        self._runs: dict[str, _Run] = {}

    def start(self, paths: Sequence[str | os.PathLike[str]]) -> str:
        """Queue an index run; returns its id."""
        return self._queue(RunKind.INDEX, lambda run: self._index(paths, run))

    def start_switch(self, switch: Switch) -> str:
        """Queue a change of the library's model; returns its id."""
        if self._by_workers:
            return self._queue_for_workers(RunKind.SWITCH, switch.model_dump())
        return self._queue(
            RunKind.SWITCH,
            lambda run: switch_model(self._library, switch, run.progress, _ignore, run.stop),
            switch.model,
        )

    def start_comparison(self) -> str:
        """Queue a search for near-duplicates; returns its id."""
        if self._by_workers:
            return self._queue_for_workers(RunKind.COMPARISON, {})
        return self._queue(
            RunKind.COMPARISON,
            lambda run: compare_sounds(self._library, run.progress, _ignore, run.stop),
        )

    def under_way(self) -> list[ToldRun]:
        """Runs that have not ended, here and in the catalogue."""
        here = [
            ToldRun(run_id=run_id, kind=run.kind, model=run.model, progress=run.progress)
            for run_id, run in list(self._runs.items())
            if run.progress.state not in ENDED
        ]
        return here + self._queued()

    def _queued(self) -> list[ToldRun]:
        with self._library.catalog.read() as session:
            runs, now = open_runs(session), database_now(session)
        first = {run.kind: run for run in reversed(runs)}
        for run in first.values():  # what waits behind them waits for no worker
            if (now - run.due_at).total_seconds() > QUIET_S:
                run.progress.message = NOBODY
        return [_told(run) for run in runs]

    @property
    def _by_workers(self) -> bool:
        return self._elsewhere and self._library.shared

    def _queue_for_workers(self, kind: RunKind, wanted: dict[str, Any]) -> str:
        with self._library.catalog.write() as session:
            number = add_run(session, kind, wanted, database_now(session))
        self._library.catalog.signal.notify()
        return f"{QUEUED}{number}"

    def _queue(self, kind: RunKind, work: Callable[[_Run], None], model: str | None = None) -> str:
        # No number: another process, or this one after a restart, would give it once more.
        run_id = f"run-{secrets.token_hex(4)}"
        run = self._runs[run_id] = _Run(kind, model)
        for old, ended in list(self._runs.items())[:-KEPT]:
            if ended.progress.state in ENDED:
                self._runs.pop(old, None)
        self._pool.submit(_work, run, work)
        return run_id

    def progress(self, run_id: str) -> IndexProgress:
        """The counts of a run now."""
        number = _number(run_id)
        if number is None:
            return self._find(run_id).progress
        queued = {run.run_id: run.progress for run in self._queued()}
        if run_id in queued:
            return queued[run_id]
        with self._library.catalog.read() as session:
            ended = find_run(session, number)
        if ended is None:
            raise NotFound(UNKNOWN.format(run_id))
        return ended.progress

    def stop(self, run_id: str) -> None:
        """Ask a run to end early."""
        number = _number(run_id)
        if number is None:
            self._find(run_id).stop.set()
            return
        with self._library.catalog.write() as session:
            if find_run(session, number) is None:
                raise NotFound(UNKNOWN.format(run_id))
            stop_run(session, number)

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
            raise NotFound(UNKNOWN.format(run_id)) from None


def _number(run_id: str) -> int | None:
    """Of a run in the catalogue; None: it is one of this process, or none."""
    number = run_id.removeprefix(QUEUED)
    is_queued = number != run_id and number.isascii() and number.isdigit() and len(number) < 16
    return int(number) if is_queued else None


def _told(run: KnownRun) -> ToldRun:
    return ToldRun(
        run_id=f"{QUEUED}{run.id}",
        kind=run.kind,
        model=run.wanted.get("model"),
        worker=run.worker,
        progress=run.progress,
    )


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
