"""Runs ``foundsound ARGUMENTS...`` and kills it right after a call of one of its functions.

``python -m tests.transfer.killed_after MODULE NAME COUNT ARGUMENTS...``: after the COUNT-th call of
NAME, which may be a class and its method, joined by a dot.
"""

import os
import signal
import sys
from importlib import import_module
from itertools import count
from typing import Any

from foundsound.cli.app import main


def kill_after(module: str, name: str, last: int) -> None:
    """Have this process end by SIGKILL after so many calls."""
    *outer, inner = name.split(".")
    owner: Any = import_module(module)
    for part in outer:
        owner = getattr(owner, part)
    function, calls = getattr(owner, inner), count(1)

    def counted(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        if next(calls) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, inner, counted)


if __name__ == "__main__":
    kill_after(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.argv[1:] = sys.argv[4:]
    main()
