"""foundsound's processes over one library: started, killed without warning, started again."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from tests.process import COMMAND, END_S

REFUSED = 2  # exit code of what ends with a sentence
# However: told before it could listen, or cut off because something could not be interrupted.
ENDED = (0, 143, -signal.SIGTERM, -signal.SIGALRM, -signal.SIGKILL)


class Processes:
    """A set of named commands. A context manager: leaving it kills what still lives.

    Args:
        logs: a folder for what they print.
        environment: of all of them.
        commands: arguments of ``foundsound`` by name.
    """

    def __init__(
        self, logs: Path, environment: Mapping[str, str], commands: Mapping[str, list[str]]
    ) -> None:
        self.names = list(commands)
        self._logs = logs
        # So that one that hangs or crashes tells where.
        self._environment = {**environment, "PYTHONFAULTHANDLER": "1"}
        self._commands = commands
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._files: dict[str, IO[bytes]] = {}
        self.violations: list[str] = []
        self.may_refuse = False  # to start, in a sentence: what they need is not there
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, *names: str) -> None:
        """Start those that do not run."""
        for name in names or self.names:
            process = self._running.get(name)
            if process is not None and process.poll() is None:
                continue
            if process is not None:
                self._tell_end(name, process)
            if name not in self._files:
                self._files[name] = (self._logs / f"{name}.log").open("ab")
            log = self._files[name]
            self._running[name] = subprocess.Popen(
                [*COMMAND, *self._commands[name]],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End one without giving it time for anything."""
        process = self._running.pop(name, None)
        if process is not None:
            if process.poll() is not None:
                self._tell_end(name, process)
            process.kill()
            process.wait()

    def end(self, *names: str) -> None:
        """Ask them to end, as a service manager does; one that takes too long is a violation."""
        asked = [name for name in names or self.names if name in self._running]
        for name in asked:
            self._running[name].send_signal(signal.SIGTERM)
        deadline = time.monotonic() + END_S
        for name in asked:
            process = self._running.pop(name)
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGABRT)
                process.wait()
                self.violations.append(
                    f"{name} did not end within {END_S:g} s of SIGTERM: ...{self.log(name)}"
                )
                continue
            if process.returncode not in ENDED:
                self._tell_end(name, process)

    def log(self, name: str, characters: int = 3000) -> str:
        """The end of what a process printed."""
        text = (self._logs / f"{name}.log").read_text(errors="replace")
        return text[-characters:]

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()
        for file in self._files.values():
            file.close()

    def _tell_end(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if self.may_refuse and process.returncode == REFUSED:
            return
        self.violations.append(
            f"{name} ended by itself with {process.returncode}: ...{self.log(name, 400)}"
        )
