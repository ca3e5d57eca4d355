"""Each service's own command and environment, as plain processes on real servers."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.free_port import free_port
from tests.process import END_S, Cli
from tests.qdrant_process import QdrantProcess
from tests.studio.compose_file import OURS, REPOSITORY, filled_in, services, variables

KEY = "k" * 40
FOUNDSOUND = [sys.executable, "-c", "from foundsound.cli.app import main; main()"]
METRICS = "9464"
START_S = 240.0


@pytest.fixture
def qdrant() -> Iterator[QdrantProcess]:
    process = QdrantProcess(api_key=KEY)
    process.start()
    yield process
    process.stop()


class Studio:
    """The compose file's services, on this machine's ports and in its folders."""

    def __init__(self, cli: Cli, sounds: Path, postgres_url: str, qdrant_url: str) -> None:
        self.ports = {"8765": free_port(), "8501": free_port()}
        # Here all have one address, so each needs a port of its own for metrics.
        self.metrics = {service: free_port() for service in ("api", "watcher", "worker")}
        self.told: dict[str, str] = {}  # what each service said until its end
        self._cli = cli
        self._sounds = sounds
        self._there = {
            variables_url("postgres"): postgres_url,
            "http://qdrant:6333": qdrant_url,
            "http://api:8765": f"http://127.0.0.1:{self.ports['8765']}",
        }

    def here(self, text: str, service: str = "") -> str:
        """A text of the compose file, as it reads on this machine."""
        given = {name: KEY for name, default in variables().items() if default is None}
        text = filled_in(text, given | {"FOUNDSOUND_MODEL": "starter-bridge"})
        text = self._there.get(text, text).replace("/sounds", str(self._sounds))
        for port, free in [*self.ports.items(), (METRICS, self.metrics.get(service, 0))]:
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{free}")
            text = str(free) if text == port else text
        return text

    def environment(self, service: str) -> dict[str, str]:
        """Its environment, over what the image sets."""
        told = services()[service]["environment"]
        return self._cli.environment | {name: self.here(str(told[name]), service) for name in told}

    def command(self, service: str) -> list[str]:
        """Its command."""
        first, *rest = map(self.here, services()[service]["command"])
        return [*FOUNDSOUND, *rest] if first == "foundsound" else [sys.executable, *rest]

    @contextmanager
    def running(self, service: str) -> Iterator[subprocess.Popen[str]]:
        """The service; it has to end in time when told to."""
        process = subprocess.Popen(
            self.command(service),
            env=self.environment(service),
            cwd=REPOSITORY,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=END_S)
            assert "Traceback" not in told, told
            self.told[service] = told
        finally:
            process.kill()

    def wait_healthy(self, service: str, process: subprocess.Popen[str]) -> None:
        """By its own health check."""
        kind, first, *rest = services()[service]["healthcheck"]["test"]
        assert (kind, first) == ("CMD", "python")
        check = [sys.executable, *(self.here(each, service) for each in rest)]
        deadline = time.monotonic() + START_S
        while subprocess.run(check, capture_output=True, check=False).returncode:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, service
            time.sleep(0.2)


def scraped(port: int) -> dict[str, float]:
    """What a process tells Prometheus: each sample by its name and labels."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, timeout=60).text
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def variables_url(service: str) -> str:
    """The database's address in the compose file, its variables filled in."""
    text = str(services()["api"]["environment"]["FOUNDSOUND_DATABASE_URL"])
    assert f"@{service}/" in text
    return filled_in(text, {"POSTGRES_PASSWORD": KEY})


def test_the_studio_indexes_and_answers(
    tmp_path: Path, cache_dir: Path, sounds: Path, postgres_url: str, qdrant: QdrantProcess
) -> None:
    cli = Cli(tmp_path / "library", cache_dir)
    studio = Studio(cli, sounds, postgres_url, qdrant.url)
    for _ in range(2):  # said again, it changes nothing
        added = subprocess.run(
            studio.command("roots"),
            env=studio.environment("roots"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert added.returncode == 0, added.stderr
    started = 0
    with ExitStack() as opened:
        for service in ("api", "watcher", "worker", "ui"):
            process = opened.enter_context(studio.running(service))
            started += 1
            if "healthcheck" in services()[service]:
                studio.wait_healthy(service, process)
        assert studio.command("worker-gpu") == studio.command("worker")
        assert started == len(OURS) - 2  # roots has ended, worker-gpu wants a card
        api = httpx.Client(
            base_url=f"http://127.0.0.1:{studio.ports['8765']}", timeout=60, trust_env=False
        )
        opened.enter_context(api)
        assert api.post("/search", json={"text": "noise"}).status_code == 401
        api.headers["Authorization"] = f"Bearer {KEY}"
        deadline = time.monotonic() + START_S
        while True:
            found = api.post("/search", json={"text": "noise", "show_weak": True})
            if found.status_code == 200 and len(found.json()["hits"]) == 3:
                break
            assert time.monotonic() < deadline, found.text
            time.sleep(0.3)
        # What is found was stored; the worker counts it a moment later.
        while (counts := scraped(studio.metrics["worker"]))["foundsound_files_done_total"] < 3:
            assert time.monotonic() < deadline, counts
            time.sleep(0.1)
        assert counts["foundsound_files_done_total"] == 3
        assert counts["foundsound_windows_embedded_total"] >= 3
        assert counts["foundsound_embed_seconds_count"] >= 1
        told = scraped(studio.metrics["api"])
        assert told["foundsound_catalogue_up"] == 1
        assert told['foundsound_query_seconds_count{mode="hybrid"}'] >= 1
        # Without a key no route is asked.
        assert told['foundsound_http_requests_total{method="POST",route="none",status="401"}'] == 1
        assert scraped(studio.metrics["watcher"])["process_resident_memory_bytes"] > 0
        page = httpx.get(f"http://127.0.0.1:{studio.ports['8501']}/", trust_env=False, timeout=60)
        assert page.status_code == 200
    assert "external IP" not in studio.told["ui"]  # nobody outside was asked for it
    for service in ("api", "watcher", "worker"):
        lines = [json.loads(line) for line in studio.told[service].splitlines()]
        assert {"event", "level", "timestamp"} <= set(lines[0]), service
        assert KEY not in studio.told[service]
        asked = [line for line in lines if line["event"] == "request"]
        assert (service == "api") == bool(asked)
        if asked:
            assert (asked[0]["path"], asked[0]["status"]) == ("/search", 401)
            assert all(line["request_id"] and line["ms"] > 0 for line in asked)
