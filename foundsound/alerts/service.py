"""Keeps alerts and webhooks going beside indexing: asks, and tells what was found or changed."""

import logging
import threading
import time
from collections.abc import Callable

from foundsound.alerts.change_webhooks import ChangeTeller
from foundsound.alerts.deliver import Deliverer
from foundsound.alerts.evaluate import Evaluator
from foundsound.catalog.database import Catalog
from foundsound.errors import FoundsoundError
from foundsound.library import Library
from foundsound.outage_log import OutageLog
from foundsound.settings import Settings

LOOK_S = 30.0  # how often the catalogue is looked at although nobody said that there is news
LISTEN_S = 0.5  # how soon a stop is noticed by a thread that waits
LEAST_S = 1.0  # a delivery that is due may be another process's, or a paused alert's
GATHER_S = 1.0  # changes come in swarms: how long a message waits for the rest of one
RETRY_S = 10.0  # after a failure
END_S = 5.0  # for a thread that is amid a call of the catalogue

log = logging.getLogger(__name__)


class Alerting:
    """Three threads: one evaluates, one delivers, so that no receiver holds up the first; and one
    tells webhooks of changes.

    They are woken by the catalogue's news, and look by themselves every ``LOOK_S``. Of changes a
    database on a server gives news; a file's version is looked at, which costs no statement.

    Any number of processes may do this on one catalogue.

    Args:
        library: None: only deliver, from a catalogue without vectors.
    """

    def __init__(self, catalog: Catalog, settings: Settings, library: Library | None) -> None:
        self._stop = threading.Event()
        self._catalog = catalog
        self._news = catalog.news
        self._deliverer = Deliverer(catalog, settings)
        self._evaluator = Evaluator(library) if library is not None else None
        self._teller = ChangeTeller(catalog, settings)
        self._told: object = None  # the catalogue's version before changes were last looked for
        work: list[tuple[str, Callable[[], int], Callable[[], None]]] = [
            ("delivering alerts", self._deliverer.run, self._await_delivery),
            ("telling changes", self._tell, self._await_changes),
        ]
        if self._evaluator is not None:
            work.append(("evaluating alerts", self._evaluate, lambda: self._listen(LOOK_S)))
        self._threads = [
            threading.Thread(target=self._keep_on, args=each, name=each[0], daemon=True)
            for each in work
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """End soon; what is under way is due again at once."""
        self._stop.set()
        self._deliverer.ask_to_stop()
        self._teller.ask_to_stop()

    def close(self) -> None:
        """End, and wait for it."""
        self.ask_to_stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(END_S)

    def _evaluate(self) -> int:
        assert self._evaluator is not None
        return self._evaluator.run(self._stop.is_set)

    def _tell(self) -> int:
        if self._catalog.version_is_cheap:
            self._told = self._catalog.version()
        return self._teller.run()

    def _await_delivery(self) -> None:
        self._listen(_until(self._deliverer.due_in_s()))

    def _await_changes(self) -> None:
        self._stop.wait(GATHER_S)
        wait_s = _until(self._teller.due_in_s())
        if not self._catalog.version_is_cheap:
            return self._listen(wait_s)
        end = time.monotonic() + wait_s
        while self._catalog.version() == self._told and time.monotonic() < end:
            if self._stop.wait(LISTEN_S):
                return None
        return None

    def _keep_on(self, what: str, work: Callable[[], int], wait: Callable[[], None]) -> None:
        """Work for as long as there is something to do, then wait for more."""
        outages = OutageLog(log)
        while not self._stop.is_set():
            try:
                done = work()
                outages.worked(f"{what} goes on")
                if not done:
                    wait()
            except FoundsoundError as error:
                outages.failed(f"{what} waits: {error}")
                self._stop.wait(RETRY_S)
            except Exception:
                log.exception("%s failed; trying again in %.0f s", what, RETRY_S)
                self._stop.wait(RETRY_S)

    def _listen(self, wait_s: float) -> None:
        end = time.monotonic() + wait_s
        while not self._stop.is_set() and (left_s := end - time.monotonic()) > 0:
            if self._news.wait(min(left_s, LISTEN_S)):
                return


def _until(due_in_s: float | None) -> float:
    return LOOK_S if due_in_s is None else min(LOOK_S, max(LEAST_S, due_in_s))


def catch_up(library: Library) -> None:
    """Ask and tell what can be at once: for a command that is about to end.

    What fails is left for the next process that has the library.
    """
    try:
        Evaluator(library).run()
        deliverer = Deliverer(library.catalog, library.settings)
        while deliverer.run():
            pass
    except FoundsoundError as error:
        log.warning("alerts wait for the next run: %s", error)
