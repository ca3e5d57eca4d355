"""Runs ``foundsound`` in forks of a process that has imported it: a second less for each command.

The command is its own process all the same, with its own environment, folder and pipes, and ends
as Python ends. What is about the start of the command, or about signals, starts it outright.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

MESSAGE = 2**17  # bytes, the environment among them
OURS = ("FOUNDSOUND_", "PYTEST_")  # which foundsound reads when it runs, and what it never reads
WIDTH = {"COLUMNS": "100"}  # which rich reads when it is imported
AHEAD = (
    "httpx",
    "foundsound.library",
    "foundsound.search.searcher",
    "ingest.run",
    "search_api.app",
)


def _ground(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python and its libraries may read while they start."""
    wide = dict(environment) | WIDTH
    return {name: value for name, value in wide.items() if not name.startswith(OURS)}


GROUND = _ground(os.environ)
_at_start = dict(GROUND)


def note_start_of_test() -> None:
    """What is in the environment now is no test's doing, but that of libraries' imports."""
    _at_start.clear()
    _at_start.update(_ground(os.environ))


def can_be_forked(environment: Mapping[str, str]) -> bool:
    """True when no test has changed what Python and its libraries may read while they start."""
    width = environment.get("COLUMNS") == WIDTH["COLUMNS"]
    return width and _ground(environment) == _at_start


def run_forked(
    arguments: list[str], environment: dict[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Like ``subprocess.run`` of the command, its output caught as text.

    Args:
        arguments: of the command.
        environment: all of it; see :func:`can_be_forked`.
        timeout_s: after which it is killed.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was killed.
    """
    told, telling = os.pipe()
    out, err = _Reader(), _Reader()
    with open(os.devnull, "rb") as nothing:
        asked = json.dumps({"argv": arguments, "environ": environment, "cwd": str(Path.cwd())})
        _parent().ask(asked, [nothing.fileno(), out.end, err.end, telling])
    for end in (out.end, err.end, telling):
        os.close(end)
    with open(told, encoding="ascii") as lines:
        process = int(lines.readline())
        late = threading.Timer(timeout_s, os.kill, (process, signal.SIGKILL))
        late.start()
        status = os.waitstatus_to_exitcode(int(lines.readline()))
        in_time = late.is_alive()
        late.cancel()
    texts = out.text(), err.text()
    if not in_time:
        raise subprocess.TimeoutExpired(arguments, timeout_s, *texts)
    return subprocess.CompletedProcess(arguments, status, *texts)


class _Reader:
    """The end of a pipe to write to, and a thread that reads what is written."""

    def __init__(self) -> None:
        self._found, self.end = os.pipe()
        self._text = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """All of it, once nobody can write any more."""
        self._thread.join()
        return self._text

    def _read(self) -> None:
        with open(self._found, encoding="utf-8", errors="surrogateescape") as pipe:
            self._text = pipe.read()


class _Parent:
    """The process that forks; it ends with this one."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(other.fileno())],
                env=GROUND,
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # so that a command buffers as into a pipe
                stderr=subprocess.PIPE,
            )

    def ask(self, message: str, ends: list[int]) -> None:
        """Start a command with these as its input, output, errors, and for its end to be told."""
        with self._lock:
            socket.send_fds(self._socket, [message.encode()], ends)


@cache
def _parent() -> _Parent:
    return _Parent()


def _wait_for_command(asked: socket.socket) -> bool:
    """In the parent for ever; true in every fork that is to run a command, false at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # none of those who tell is waited for
    while True:
        message, ends, _, _ = socket.recv_fds(asked, MESSAGE, 4)
        if not message:
            return False
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asked.close()
            process = os.fork()
            if not process:
                _become(json.loads(message), ends)
                return True
            _tell(process, ends)
        for end in ends:
            os.close(end)


def _tell(process: int, ends: list[int]) -> None:
    for end in (0, 1, 2, *ends[:3]):
        os.close(end)
    os.write(ends[3], f"{process}\n".encode())
    _, status = os.waitpid(process, 0)
    os.write(ends[3], f"{status}\n".encode())
    os._exit(0)


def _become(wanted: dict[str, Any], ends: list[int]) -> None:
    for number, end in enumerate(ends[:3]):
        os.dup2(end, number)
    for end in ends:
        os.close(end)
    set_by_imports = {k: v for k, v in os.environ.items() if k not in GROUND}
    os.environ.clear()
    os.environ.update(set_by_imports | wanted["environ"])
    os.chdir(wanted["cwd"])
    sys.argv = ["-c", *wanted["argv"]]


if __name__ == "__main__":
    from importlib import import_module

    from foundsound.cli.app import main

    for module in AHEAD:
        import_module(module)
    if _wait_for_command(socket.socket(fileno=int(sys.argv[1]))):
        main()
