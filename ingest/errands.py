"""Runs that somebody has queued for the workers: claimed, done beside the queue, taken over.

A worker that has one claimed embeds no more than others for it: its thread sees that everything is
queued, waits, and does what comes before and after.
"""

import logging
import os
import secrets
import socket
import threading
from datetime import timedelta

from foundsound.catalog.queue import database_now
from foundsound.catalog.runs import (
    KnownRun,
    beat_run,
    claim_run,
    end_run,
    give_back_run,
)
from foundsound.duplicates.compare import compare_sounds
from foundsound.embedding.choice import AUTO
from foundsound.errors import FoundsoundError, Unavailable
from foundsound.indexing import IndexProgress, RunKind, Switch
from foundsound.library import Library
from foundsound.outage_log import OutageLog
from ingest.switch import switch_model

LOOK_S = 5.0  # how often somebody looks although nobody said that there is a run
LISTEN_S = 1.0  # how soon a stop is noticed, and how often a run says how far it is
RETRY_S = 5.0  # after a server was away
BEATS = 3  # a lease outlives two heartbeats that fail

log = logging.getLogger(__name__)


class Errands:
    """Does the library's runs, one at a time, in a thread of its own.

    A change of models is left to workers that were told no model: they follow it.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._kinds = [RunKind.COMPARISON]
        if library.settings.model == AUTO:
            self._kinds.append(RunKind.SWITCH)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._work, name="errands")
        self._now: _Held | None = None
        self._outages = OutageLog(log)

    def start(self) -> None:
        """Begin to look for runs."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Give back what is at hand, soon."""
        self._leaving.set()
        held = self._now
        if held is not None:
            held.stop.set()

    def stop(self) -> None:
        """End; another worker can take over what was at hand when this returns."""
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._leaving.is_set():
            try:
                run = self._claim()
                self._outages.worked("Runs are looked for again.")
                if run is not None:
                    self._do(run)
                    continue
                self._listen()
            except Unavailable as error:
                self._outages.failed(f"{error} Until then no run is taken up.")
                self._leaving.wait(RETRY_S)
            except Exception:  # a bug; the run comes back when its lease ends
                log.exception("a run cannot be claimed or ended")
                self._leaving.wait(RETRY_S)

    def _listen(self) -> None:
        for _ in range(int(LOOK_S / LISTEN_S)):
            if self._leaving.is_set() or self._library.catalog.signal.wait(LISTEN_S):
                return

    def _claim(self) -> KnownRun | None:
        lease_s = self._library.settings.lease_s
        with self._library.catalog.write() as session:
            now = database_now(session)
            return claim_run(session, self.worker, self._kinds, lease_s, now)

    def _do(self, run: KnownRun) -> None:
        log.info("run %d, %s, is taken up", run.id, run.kind)
        with _Held(self._library, self.worker, run.id) as held:
            self._now = held
            if self._leaving.is_set():
                held.stop.set()
            try:
                self._attempt(run, held)
            finally:
                self._now = None
        with self._library.catalog.write() as session:
            if held.progress.state in ("done", "failed") or held.is_unwanted:
                end_run(session, run.id, self.worker, held.progress)
            else:
                again_at = database_now(session) + timedelta(seconds=held.pause_s)
                give_back_run(session, run.id, self.worker, again_at)
        self._library.catalog.signal.notify()

    def _attempt(self, run: KnownRun, held: "_Held") -> None:
        library, progress = self._library, held.progress
        try:
            if run.kind == RunKind.SWITCH:
                switch_model(
                    library,
                    Switch.model_validate(run.wanted),
                    progress,
                    _ignore,
                    held.stop,
                    elsewhere=True,
                    goes_on=lambda: not held.is_unwanted,
                )
            else:
                compare_sounds(library, progress, _ignore, held.stop)
        except Unavailable as error:
            progress.message, held.pause_s = f"Waiting: {error}", RETRY_S
        except FoundsoundError as error:
            progress.message, progress.state = str(error), "failed"
        except Exception:
            log.exception("run %d failed", run.id)
            progress.message = "The run failed; the worker's log says why."
            progress.state = "failed"


class _Held:
    """A claimed run, kept alive and told of by heartbeats. A context manager."""

    def __init__(self, library: Library, worker: str, run_id: int) -> None:
        self.progress = IndexProgress()
        self.stop = threading.Event()
        self.is_unwanted = False  # somebody asked for its end
        self.pause_s = 0.0  # before anybody tries again
        self._library = library
        self._worker = worker
        self._run_id = run_id
        self._outages = OutageLog(log)
        self._leaving = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="run heartbeat", daemon=True)

    def __enter__(self) -> "_Held":
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._beating.join()

    def _beat(self) -> None:
        lease_s = self._library.settings.lease_s
        while not self._leaving.wait(min(LISTEN_S, lease_s / BEATS)):
            try:
                with self._library.catalog.write() as session:
                    now = database_now(session)
                    unwanted = beat_run(
                        session, self._run_id, self._worker, self.progress, lease_s, now
                    )
            except Exception as error:  # the next beat may get through
                self._outages.failed(f"Run {self._run_id} cannot be kept now: {error}")
                continue
            self._outages.worked(f"Run {self._run_id} is kept again.")
            if unwanted is None:  # another worker took it over while we were away
                self.stop.set()
                return
            if unwanted:
                self.is_unwanted = True
                self.stop.set()


def _ignore(_: IndexProgress) -> None:
    """The heartbeat tells it."""
