"""A process that lays a map out, or puts sounds into one, at the lowest priority.

Its arguments are two files. The first holds ``vectors``, and of a map that is there ``known`` and
``points``; to the second it writes ``points`` of the vectors and the ``method``. When stdin ends
before it is done, its parent is gone and it ends too.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np

from foundsound.map.placing import lay_out, place
from foundsound.processes.priority import go_behind

NICENESS = 19


def main() -> None:
    """Do it and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    go_behind(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asked, answered = Path(sys.argv[1]), Path(sys.argv[2])
    with np.load(asked, allow_pickle=False) as arrays:
        vectors = arrays["vectors"].astype(np.float32)
        if "known" in arrays:
            known = arrays["known"].astype(np.float32)
            points, method = place(vectors, known, arrays["points"]), ""
        else:
            points, method = lay_out(vectors)
    np.savez(answered, points=points, method=method)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
