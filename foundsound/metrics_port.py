"""A small port beside the work: /metrics for Prometheus, /healthz for whoever restarts services.

It knows no keys: bind it where only those reach it who may know how busy the studio is.
"""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client.registry import Collector

from foundsound.errors import InvalidRequest
from foundsound.metrics import CONTENT_TYPE_LATEST, metrics_page
from foundsound.pulse import Pulse

CLIENT_S = 10.0  # for a client that sends nothing


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], pulses: Sequence[Pulse], collectors: Sequence[Collector]
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.pulses = pulses
        self.collectors = collectors
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = CLIENT_S

    def do_GET(self) -> None:
        """Answer the two paths."""
        if self.path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, metrics_page(*self.server.collectors))
        elif self.path == "/healthz":
            beats = {pulse.name: pulse.beat for pulse in self.server.pulses}
            stuck = any(beat.stuck for beat in beats.values())
            told = {
                "status": "stuck" if stuck else "ok",
                "loops": {name: asdict(beat) for name, beat in beats.items()},
            }
            self._answer(503 if stuck else 200, "application/json", json.dumps(told).encode())
        else:
            self._answer(404, "text/plain", b"There are /metrics and /healthz.\n")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """What the answers' header Server says; nobody needs to know Python's version."""
        return "foundsound"

    def log_message(self, *_: object) -> None:
        """Scrapes are no news."""


@contextmanager
def metrics_port(
    host: str, port: int | None, pulses: Sequence[Pulse], collectors: Sequence[Collector] = ()
) -> Iterator[int | None]:
    """Answer on a port while the body runs; yields the port, or None when there is to be none.

    Args:
        port: None = no port; 0 = a free one.
        pulses: of the loops that /healthz tells of.
        collectors: what /metrics tells besides the process's own counts.

    Raises:
        InvalidRequest: the address is taken or not ours.
    """
    if port is None:
        yield None
        return
    try:
        server = _Server((host, port), pulses, collectors)
    except OSError as error:
        raise InvalidRequest(
            f"Metrics cannot be told on {host}:{port}: {error.strerror}. Choose another with "
            "FOUNDSOUND_METRICS_PORT."
        ) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
