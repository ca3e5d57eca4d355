"""A webhook's receiver on a real port, which fails, stalls and comes back as it is told."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What was received, and how the next requests are answered."""

    url: str = ""
    answer: int = 200
    let_go: threading.Event | None = None  # until then nobody is answered
    headers_sent: Mapping[str, str] = field(default_factory=dict)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # and taken
    tries: int = 0

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]

    def paths(self) -> list[str]:
        return sorted(each["data"]["path"].rpartition("/")[2] for each in self.messages())

    def keys(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """What a receiver does, by the specification and not by our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and headers["webhook-signature"] == f"v1,{digest}"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.tries += 1
            body = self.rfile.read(int(self.headers["content-length"]))
            if receiver.let_go is not None:
                receiver.let_go.wait(120)
            if receiver.answer == 200:
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append((headers, body))
            self.send_response(receiver.answer)
            for name, value in receiver.headers_sent.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
