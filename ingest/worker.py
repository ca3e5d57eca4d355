"""The worker: works off the queue for as long as the process lives."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from foundsound.catalog.queue import clip_due_times, database_now, next_due
from foundsound.embedding.clap.gpu_failure import is_lost
from foundsound.errors import FoundsoundError
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.outage_log import OutageLog
from foundsound.pulse import Pulse, StopSignal
from ingest.helping import Helping
from ingest.leases import Leases
from ingest.pipeline import Pipeline
from ingest.purge import is_due as purge_is_due
from ingest.upkeep import keep_up

LOOK_S = 30.0  # how often the queue is looked at although nobody said that it has work
LISTEN_S = 1.0  # how soon a stop is noticed by a worker that waits
RETRY_S = 1.0  # after a failure that is no file's; doubled with each further one
MAX_RETRY_S = 30.0

log = logging.getLogger(__name__)


class Worker:
    """Embeds whatever the queue has for the library's space, side by side with other workers.

    When that is nothing, it helps to fill a space that is to take over, see ``helping.py``.

    What is no file's fault, such as a full disk or a database that is away, is waited out. Use it
    by :meth:`start` and :meth:`stop`, which run it in a thread, or call :meth:`run` in one's own.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._helping = Helping(library)
        self._turn = threading.Condition()
        self._busy = False  # a pipeline runs
        self._pauses = 0  # somebody else's pipeline runs, or wants to
        self.pulse = Pulse("worker")
        self._interrupt = StopSignal(self.pulse)
        self._stopping = threading.Event()
        self.ended = threading.Event()  # :meth:`run` has returned
        self.lost = ""  # how this process lost its GPU, which ends it
        self._thread: threading.Thread | None = None
        self._retry_s = RETRY_S
        self._outages = OutageLog(log)

    def start(self) -> None:
        """Begin to work in a thread of the worker's own."""
        self._thread = threading.Thread(target=self.run, name="worker")
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Have :meth:`run` return soon."""
        self._stopping.set()
        self._interrupt.set()

    def stop(self) -> None:
        """End; what is done is stored and what is not is given back before this returns."""
        self.ask_to_stop()
        with self._turn:
            self._turn.notify_all()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """There may be new work."""
        self._library.catalog.signal.notify()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Claim nothing while the body runs: one pipeline at a time has the machine."""
        with self._turn:
            self._pauses += 1
            self._interrupt.set()
            self._turn.wait_for(lambda: not self._busy)
        try:
            yield
        finally:
            with self._turn:
                self._pauses -= 1
                if not self._pauses and not self._stopping.is_set():
                    self._interrupt.clear()
                self._turn.notify_all()

    def run(self) -> None:
        """Work until :meth:`ask_to_stop` is called."""
        while not self._stopping.is_set():
            self.pulse.turn()
            with self._turn:
                self._turn.wait_for(lambda: not self._pauses or self._stopping.is_set(), LISTEN_S)
                if self._pauses or self._stopping.is_set():
                    continue
                self._busy = True
            try:
                wait_s = 0.0 if self._empty_queue() else self._until_due()
                self._retry_s, self.pulse.waits_for = RETRY_S, ""
                self._outages.worked("The worker goes on.")
            except Exception as error:
                if is_lost(error):  # each further call would fail, until the process is another one
                    self.lost = self.pulse.waits_for = str(error).partition("\n")[0]
                    log.error("the worker ends, because its GPU failed: %s", self.lost)
                    self.ask_to_stop()
                else:
                    self._tell(error)
            finally:
                with self._turn:
                    self._busy = False
                    self._turn.notify_all()
            if self.pulse.waits_for:
                # Not for the signal: it may be what is away, and new work would fail as well.
                self._interrupt.wait(self._retry_s)
                self._retry_s = min(2 * self._retry_s, MAX_RETRY_S)
            else:
                self._listen(wait_s)
        self._helping.close()
        self.ended.set()

    def _tell(self, error: Exception) -> None:
        self.pulse.waits_for = str(error)
        if isinstance(error, FoundsoundError):
            self._outages.failed(f"{error} The worker waits, and tries again.")
        else:
            log.exception("the worker failed; trying again in %.0f s", self._retry_s)

    def _empty_queue(self) -> bool:
        """Work off what can be claimed; True when there was something."""
        library, progress = self._library, IndexProgress()
        if self.pulse.waits_for:
            library.check()  # before files are claimed and decoded for nothing
        with library.catalog.write() as session:
            clip_due_times(session, database_now(session), library.settings.lease_s)
        with library.searching() as space, Leases(library, space.id) as leases:
            stop = _Stop(self._interrupt, library, space)
            Pipeline(library, space, leases, progress, _ignore, stop).run()
        if (progress.files_done or purge_is_due(library)) and not self._interrupt.is_set():
            keep_up(library, progress, _ignore, self._interrupt)
        if progress.files_done or self._interrupt.is_set():
            return progress.files_done > 0
        return self._helping.help(self._interrupt)

    def _until_due(self) -> float:
        with self._library.catalog.read() as session:
            due_at = next_due(session, self._library.space_id)
            if due_at is None:
                return LOOK_S
            left_s = (due_at - database_now(session)).total_seconds()
        return min(LOOK_S, max(LISTEN_S, left_s))  # what is due now, another worker is claiming

    def _listen(self, wait_s: float) -> None:
        end = time.monotonic() + wait_s
        while not self._interrupt.is_set() and (left_s := end - time.monotonic()) > 0:
            if self._library.catalog.signal.wait(min(left_s, LISTEN_S)):
                return


class _Stop:
    """Set when the worker is interrupted, or when another space has taken its space's place."""

    def __init__(self, interrupt: threading.Event, library: Library, space: OpenSpace) -> None:
        self._interrupt = interrupt
        self._library = library
        self._space = space

    def is_set(self) -> bool:
        """See :class:`threading.Event`."""
        return self._interrupt.is_set() or self._library.space is not self._space


def _ignore(_: IndexProgress) -> None:
    """Nobody waits for this."""
