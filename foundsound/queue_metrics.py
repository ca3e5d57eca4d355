"""How long the queue is and how long its oldest file waits, for Prometheus."""

import threading
import time
from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from foundsound.catalog.database import Catalog
from foundsound.catalog.queue import QueueLength, database_now, queue_lengths
from foundsound.errors import Unavailable

FRESH_S = 10.0  # how old the counts may be that a scrape is told
SHARE = 20  # counting takes a twentieth of the time at most, however long the queue is


class QueueMetrics(Collector):
    """Counts open work, and nothing but open work, when it is asked and the last count is old.

    Safe from many threads. While the catalogue is away, ``foundsound_catalogue_up`` is 0 and there
    are no counts.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._counting = threading.Lock()
        self._counts: dict[str, QueueLength] | None = None
        self._until = 0.0

    def collect(self) -> Iterable[Metric]:
        """See :class:`prometheus_client.registry.Collector`."""
        counts = self._known()
        yield GaugeMetricFamily(
            "foundsound_catalogue_up", "1 while the catalogue answers.", value=counts is not None
        )
        files = GaugeMetricFamily(
            "foundsound_queue_files",
            "Files that wait (due), will be tried again later (later), are in a worker's hands "
            "(leased), or were in those of one that is not heard of (expired).",
            labels=["state"],
        )
        oldest = GaugeMetricFamily(
            "foundsound_queue_oldest_seconds",
            "For how long the file that waits longest could have been taken.",
            labels=["state"],
        )
        for state, length in (counts or {}).items():
            files.add_metric([state], length.files)
            oldest.add_metric([state], length.oldest_s)
        yield from (files, oldest)

    def describe(self) -> Iterable[Metric]:
        """Nothing: what is registered needs not be counted for that."""
        return ()

    def _known(self) -> dict[str, QueueLength] | None:
        with self._counting:
            if time.monotonic() >= self._until:
                started = time.monotonic()
                try:
                    with self._catalog.read() as session:
                        self._counts = queue_lengths(session, database_now(session))
                except Unavailable:
                    self._counts = None
                ended = time.monotonic()
                self._until = ended + max(FRESH_S, SHARE * (ended - started))
            return self._counts
