"""The stand-in for a Qdrant server as a process of its own, which tests stop, start and fail."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.free_port import free_port

START_S = 240.0
REPOSITORY = Path(__file__).parent.parent


class QdrantProcess:
    """See ``qdrant_stand_in.py``; it ends with this process.

    Args:
        folder: keeps the store when the process is stopped; None: it is lost.
        api_key: refuses whoever does not send it.
        certificate: speaks https with it; the file holds its key as well.
    """

    def __init__(
        self,
        folder: Path | None = None,
        api_key: str | None = None,
        certificate: Path | None = None,
    ) -> None:
        self._port = free_port()
        self._options = ["--port", str(self._port)]
        self._options += ["--path", str(folder)] if folder else []
        self._options += ["--api-key", api_key] if api_key else []
        self._options += ["--certificate", str(certificate)] if certificate else []
        self._scheme = "https" if certificate else "http"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The same however often it is started."""
        return f"{self._scheme}://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.qdrant_stand_in", *self._options],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
        )
        deadline = time.monotonic() + START_S
        while True:
            try:
                httpx.get(self.url, trust_env=False, verify=False, timeout=60)
                return
            except httpx.TransportError:
                assert self._process.poll() is None, "the stand-in has ended"
                assert time.monotonic() < deadline, "the stand-in does not answer"
                time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def asked(self) -> Any:
        """The last request of each kind of write and query, in what matters of it."""
        return (
            httpx.get(f"{self.url}/stand-in", trust_env=False, timeout=60).raise_for_status().json()
        )

    def fail(self, status: int | None = None, stall_s: float = 0.0, path: str = "") -> None:
        """Refuse every call with ``status``, or let it wait; without arguments: work again.

        Args:
            path: only calls whose path has this in it.
        """
        fault = {"status": status, "stall_s": stall_s, "path": path}
        told = httpx.put(f"{self.url}/stand-in", json=fault, trust_env=False, timeout=60)
        told.raise_for_status()
