"""How long the queue is, how long its oldest file waits, what is in quarantine: for Prometheus."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from foundsound.catalog.database import Catalog
from foundsound.catalog.quarantine import count_quarantined
from foundsound.catalog.queue import QueueLength, database_now, queue_lengths
from foundsound.errors import Unavailable

FRESH_S = 10.0  # how old the counts may be that a scrape is told
SHARE = 20  # counting takes a twentieth of the time at most, however long the queue is


@dataclass(frozen=True)
class _Counts:
    queue: dict[str, QueueLength]
    quarantine: dict[str, int]


class QueueMetrics(Collector):
    """Counts open work and the quarantine, and nothing else, when asked and the last count is old.

    Safe from many threads. While the catalogue is away, ``foundsound_catalogue_up`` is 0 and there
    are no counts.

    Args:
        most_attempts: after which a file goes into quarantine.
    """

    def __init__(self, catalog: Catalog, most_attempts: int) -> None:
        self._catalog = catalog
        self._most_attempts = most_attempts
        self._counting = threading.Lock()
        self._counts: _Counts | None = None
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
        quarantined = GaugeMetricFamily(
            "foundsound_quarantined_files",
            "Files that are left alone until they change or are retried: unusable = no audio, "
            "decoder = attempt upon attempt came to nothing.",
            labels=["reason"],
        )
        if counts is not None:
            for state, length in counts.queue.items():
                files.add_metric([state], length.files)
                oldest.add_metric([state], length.oldest_s)
            for reason, count in counts.quarantine.items():
                quarantined.add_metric([reason], count)
        yield from (files, oldest, quarantined)

    def describe(self) -> Iterable[Metric]:
        """Nothing: what is registered needs not be counted for that."""
        return ()

    def _known(self) -> _Counts | None:
        with self._counting:
            if time.monotonic() >= self._until:
                started = time.monotonic()
                try:
                    with self._catalog.read() as session:
                        self._counts = _Counts(
                            queue_lengths(session, database_now(session)),
                            count_quarantined(session, self._most_attempts),
                        )
                except Unavailable:
                    self._counts = None
                ended = time.monotonic()
                self._until = ended + max(FRESH_S, SHARE * (ended - started))
            return self._counts
