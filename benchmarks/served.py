"""A real ``foundsound serve`` in a process of its own, asked over HTTP.

Searches go over one connection of ``lean_http.py``, whose client adds nearly nothing; their clock
runs from the first byte that is sent until the last one of the answer is there.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from benchmarks.lean_http import LeanConnection
from foundsound.ownership import current_owner
from foundsound.settings import Settings

START_S = 300.0


@dataclass(frozen=True)
class Answer:
    """One search as its client saw it."""

    seconds: float
    steps: dict[str, float]  # seconds by step, as the server's clock has them
    calls: dict[str, int]  # how often each was taken
    sound_ids: list[str]


class Served:
    """A client of a running server."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self._client = client
        self.url = str(client.base_url).rstrip("/")
        self.token = token  # allows everything
        self._searches = LeanConnection(client.base_url.host, client.base_url.port or 80)
        self._owner = {"Authorization": f"Bearer {token}"}

    def search(self, text: str, mode: str) -> Answer:
        """Ask for the ten best, whether they stand out or not: the vectors mean nothing."""
        body = json.dumps({"text": text, "mode": mode, "show_weak": True})
        request = self._searches.request("/search", body.encode())
        begun = perf_counter()
        status, reply = self._searches.send(request)
        seconds = perf_counter() - begun
        found = json.loads(reply.body)
        if status != 200:
            raise RuntimeError(f"The search was answered with {status}: {found}")
        steps, calls = _steps(reply.headers["server-timing"])
        return Answer(seconds, steps, calls, [hit["sound_id"] for hit in found["hits"]])

    def close(self) -> None:
        """Close the connection of the searches."""
        self._searches.close()

    def start_index(self, folder: Path) -> str:
        """Begin to index a folder; returns the id of the run."""
        body = {"paths": [str(folder)]}
        response = self._client.post("/index", json=body, headers=self._owner)
        response.raise_for_status()
        run_id: str = response.json()["run_id"]
        return run_id

    def progress(self, run_id: str) -> dict[str, Any]:
        """How far the run is.

        Raises:
            RuntimeError: it failed.
        """
        progress: dict[str, Any] = self._client.get(f"/index/{run_id}", headers=self._owner).json()
        if progress["state"] in ("failed", "stopped"):
            raise RuntimeError(f"The index run {progress['state']}: {progress['message']}")
        return progress

    def is_indexing(self, run_id: str) -> bool:
        """False once the run has ended.

        Raises:
            RuntimeError: it failed.
        """
        return bool(self.progress(run_id)["state"] != "done")


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Serve the library with the clock of ``timed_serve`` while the body runs."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOUNDSOUND_")}
    environment |= {
        "FOUNDSOUND_DATA_DIR": str(settings.data_dir),
        "FOUNDSOUND_CACHE_DIR": str(settings.cache_dir),
        "FOUNDSOUND_MODEL": settings.model,
    }
    if settings.database_url is not None:
        environment["FOUNDSOUND_DATABASE_URL"] = settings.database_url
    command = [sys.executable, "-m", "benchmarks.timed_serve", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + START_S
            while (owner := current_owner(settings.data_dir)) is None or owner.pid != process.pid:
                _check(process, deadline)
            with httpx.Client(base_url=owner.url, timeout=120, trust_env=False) as client:
                while not _ready(client):
                    _check(process, deadline)
                with closing(Served(client, owner.token)) as served:
                    yield served
        finally:
            process.terminate()
            process.wait()


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _check(process: "subprocess.Popen[bytes]", deadline: float) -> None:
    if process.poll() is not None or time.monotonic() > deadline:
        raise RuntimeError("foundsound serve did not start.")
    time.sleep(0.05)


def _steps(header: str) -> tuple[dict[str, float], dict[str, int]]:
    """``a;dur=1.5;desc=2, b;dur=2;desc=1`` (milliseconds, calls) as seconds and calls by name."""
    seconds, calls = {}, {}
    for part in header.split(", "):
        name, milliseconds, count = part.replace("dur=", "").replace("desc=", "").split(";")
        seconds[name], calls[name] = float(milliseconds) / 1000, int(count)
    return seconds, calls
