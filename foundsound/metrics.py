"""What a process counts while it works, for Prometheus: names, units, and the page that tells it.

Labels are bounded: routes by their templates, reasons by their class; no path, query or key is one.
Only what serves and works imports this: reading the client library costs a command 65 ms.
"""

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

__all__ = ["CONTENT_TYPE_LATEST", "metrics_page"]

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter(
    "foundsound_http_requests",
    "Requests that were answered, by method, route and status.",
    ["method", "route", "status"],
)
REQUEST_SECONDS = Histogram(
    "foundsound_http_request_seconds",
    "From a request's first byte to its answer's last.",
    ["route"],
    buckets=LATENCIES,
)
QUERY_SECONDS = Histogram(
    "foundsound_query_seconds",
    "What a search took inside the process.",
    ["mode"],
    buckets=LATENCIES,
)
EMBED_SECONDS = Histogram(
    "foundsound_embed_seconds", "What the model took for a batch of windows.", buckets=LATENCIES
)
WINDOWS = Counter("foundsound_windows_embedded", "Windows that the model heard.")
AUDIO_SECONDS = Counter("foundsound_audio_embedded_seconds", "Audio that was embedded.")
FILES = Counter("foundsound_files_done", "Files that were worked off, well or not.")
FAILURES = Counter(
    "foundsound_files_failed",
    "Attempts at files that came to nothing: unusable = no audio or beyond the limits, unavailable "
    "= not to be read now, decoder = it crashed, hung or flooded memory.",
    ["reason"],
)
EXPIRED = Counter(
    "foundsound_lease_expiries", "Files that were taken over from a worker not heard of in time."
)
DELIVERIES = Counter(
    "foundsound_alert_deliveries",
    "Attempts to tell a destination what an alert found.",
    ["destination", "outcome"],
)
CHANGE_DELIVERIES = Counter(
    "foundsound_change_deliveries",
    "Attempts to tell a webhook what happened to sounds.",
    ["outcome"],
)


def metrics_page(*collectors: Collector) -> bytes:
    """Everything that this process counts, and what ``collectors`` tell, in the text format."""
    own = CollectorRegistry()
    for each in collectors:
        own.register(each)
    return generate_latest(REGISTRY) + generate_latest(own)


def metric_names(page: bytes) -> Iterator[str]:
    """The names that queries may use: of the samples that a page can hold."""
    for line in page.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            yield name
            if kind == "histogram":
                yield from (f"{name}_{part}" for part in ("bucket", "count", "sum"))
