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
from foundsound.settings import Settings

LOOK_S = 30.0  # how often the catalogue is looked at although nobody said that there is news
LISTEN_S = 0.5  # how soon a stop is noticed by a thread that waits
LEAST_S = 1.0  # a delivery that is due may be another process's, or a paused alert's
CHANGES_S = 1.0  # how often changes are looked for
RETRY_S = 10.0  # after a failure
END_S = 5.0  # for a thread that is amid a call of the catalogue

log = logging.getLogger(__name__)


class Alerting:
    """Three threads: one evaluates, one delivers, so that no receiver holds up the first; and one
    tells webhooks of changes.

    The first two are woken by the catalogue's news, and look by themselves every ``LOOK_S``.

    Any number of processes may do this on one catalogue.

    Args:
        library: None: only deliver, from a catalogue without vectors.
    """

    def __init__(self, catalog: Catalog, settings: Settings, library: Library | None) -> None:
        self._stop = threading.Event()
        self._news = catalog.news
        self._deliverer = Deliverer(catalog, settings)
        self._evaluator = Evaluator(library) if library is not None else None
        self._teller = ChangeTeller(catalog, settings)
        work: list[tuple[str, Callable[[], int], Callable[[], float]]] = [
            ("delivering alerts", self._deliverer.run, self._until_due),
            ("telling changes", self._teller.run, lambda: CHANGES_S),
        ]
        if self._evaluator is not None:
            work.append(("evaluating alerts", self._evaluate, lambda: LOOK_S))
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

    def _until_due(self) -> float:
        due_in_s = self._deliverer.due_in_s()
        return LOOK_S if due_in_s is None else min(LOOK_S, max(LEAST_S, due_in_s))

    def _keep_on(self, what: str, work: Callable[[], int], wait_s: Callable[[], float]) -> None:
        """Work for as long as there is something to do, then wait for news, or that long."""
        while not self._stop.is_set():
            try:
                if not work():
                    self._listen(wait_s())
            except FoundsoundError as error:
                log.warning("%s: %s Trying again in %.0f s.", what, error, RETRY_S)
                self._stop.wait(RETRY_S)
            except Exception:
                log.exception("%s failed; trying again in %.0f s", what, RETRY_S)
                self._stop.wait(RETRY_S)

    def _listen(self, wait_s: float) -> None:
        end = time.monotonic() + wait_s
        while not self._stop.is_set() and (left_s := end - time.monotonic()) > 0:
            if self._news.wait(min(left_s, LISTEN_S)):
                return


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
