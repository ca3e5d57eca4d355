"""Child processes: programs of their own, asked over a pair of pipes.

No multiprocessing: its "spawn" would import the parent's __main__ (the command line, a web server)
into each child, and "fork" would copy threads' locks.
"""

import contextlib
import os
import subprocess
import sys

from foundsound.errors import FoundsoundError

END_S = 5.0  # a killed process is gone by then, unless the system itself hangs


def module_command(module: str) -> list[str]:
    """The command that runs a module of ours; -P: no file of the current folder is imported."""
    return [sys.executable, "-P", "-m", module]


def start_child(command: list[str], what: str, **variables: str) -> subprocess.Popen[bytes]:
    """Start a child that reads requests on stdin and answers on stdout.

    Args:
        what: it does, for the sentence that says why it cannot be started.
        variables: of its environment, beside ours.

    Raises:
        FoundsoundError: the system cannot start one.
    """
    # The child imports what we import, wherever that lies.
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths} | variables,
            process_group=0 if os.name == "posix" else None,  # Ctrl-C is not for it
        )
    except OSError as error:
        raise FoundsoundError(
            f"The system cannot start a process that {what}: {error.strerror}."
        ) from error


def bury(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a child that is about to end, or make it end; close its pipes."""
    for wait_s in (1.0, END_S):  # first it may tell by itself how it ended
        try:
            process.wait(wait_s)
            break
        except subprocess.TimeoutExpired:
            process.kill()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with contextlib.suppress(OSError):  # what was not sent yet cannot be sent any more
            pipe.close()
