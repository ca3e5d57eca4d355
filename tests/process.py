"""Runs the real ``foundsound`` command in its own process, with its own library."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.forked_commands import can_be_forked, run_forked

CODE = "from foundsound.cli.app import main; main()"
COMMAND = [sys.executable, "-c", CODE]
HELD = [sys.executable, "-P", str(Path(__file__).parent / "ingest" / "held_decoder.py")]
HELD_CODE = f"""
from foundsound.cli.app import main
from ingest import decoder_process
decoder_process.COMMAND = {HELD}
main()
"""
TIMEOUT_S = 600
END_S = 45.0  # that a signal may take on a busy machine; 10 are promised of one that is not


@dataclass(frozen=True)
class Cli:
    """The command with a data directory of its own."""

    data_dir: Path
    cache_dir: Path
    variables: dict[str, str] = field(default_factory=dict)  # further ones of the environment

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FOUNDSOUND_")}
        return kept | {
            "FOUNDSOUND_DATA_DIR": str(self.data_dir),
            "FOUNDSOUND_CACHE_DIR": str(self.cache_dir),
            "FOUNDSOUND_MODEL": "starter-bridge",  # light, and never asks a hub
            "COLUMNS": "100",
            **self.variables,
        }

    def run(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        words, environment = list(map(str, arguments)), self.environment | variables
        if can_be_forked(environment):
            return run_forked(words, environment, TIMEOUT_S)
        return subprocess.run(
            [*COMMAND, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def json(self, *arguments: str | Path) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str | Path, code: str = CODE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start_held(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start it with decoders that keep some files in hand: see ``ingest/held_decoder.py``."""
        return self.start(*arguments, code=HELD_CODE)

    @contextmanager
    def serving(self, code: str = CODE) -> Iterator[httpx.Client]:
        """A real server on a free port; yields a client once it is ready."""
        process = self.start("serve", "--port", "0", code=code)
        try:
            url = self.wait_until_open(process)
            with httpx.Client(base_url=url, timeout=180, trust_env=False) as client:
                self._wait_ready(client)
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=TIMEOUT_S)

    def wait_until_open(self, process: subprocess.Popen[str]) -> str:
        """Wait until the process owns the library; returns the address of its API."""
        note = self.data_dir / "owner.json"
        for _ in range(TIMEOUT_S * 20):
            if note.exists():
                told = json.loads(note.read_text())
                if told["pid"] == process.pid:  # not of one that was cut off before
                    return str(told["url"])
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        raise AssertionError("the server did not announce itself")

    @staticmethod
    def _wait_ready(client: httpx.Client) -> None:
        for _ in range(TIMEOUT_S * 20):
            try:
                if client.get("/readyz").status_code == 200:
                    return
            except httpx.ConnectError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server did not become ready")
