"""A process that embeds windows for the one that serves, so that no search waits for it.

A model holds Python's lock between its matrix products, and its threads take every core. Here it
holds a lock of its own, at a lower priority. Requests come on stdin and answers go to stdout (see
:mod:`foundsound.processes.wire`); when stdin ends, the parent is gone and the child ends too.

A request is ``embed`` with the ``lengths`` of its windows and their samples, float32, as its
payload; without windows it loads the model. Answers: ``ready`` once, with the model's ``version``;
``vectors``, float32 ``[n, dim]``; ``failed`` with a ``reason``, and whether the child ``ends``: one
that has lost its GPU can only be replaced.
"""

import contextlib
import signal
import sys
from collections.abc import Sequence

import numpy as np

from foundsound.embedding.clap.gpu_failure import is_lost
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.registry import create_embedder
from foundsound.errors import FoundsoundError
from foundsound.processes.pipes import take_pipes
from foundsound.processes.priority import BEHIND_SEARCHES, go_behind
from foundsound.processes.wire import Message, receive, send
from ingest.embed_job import EmbedJob


def main() -> None:
    """Work off requests until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    go_behind(BEHIND_SEARCHES)
    requests, answers = take_pipes()
    job = EmbedJob.from_json(sys.argv[1])
    with contextlib.suppress(EOFError, OSError):
        try:
            embedder = create_embedder(job.model, job.settings)
        except FoundsoundError as error:
            send(answers, {"kind": "failed", "reason": str(error)})
            return
        send(answers, {"kind": "ready", "version": embedder.version})
        while True:
            request, samples = receive(requests)
            answer, vectors = _answer(embedder, windows_of(request["lengths"], samples))
            send(answers, answer, vectors)
            if answer.get("ends"):
                return


def windows_of(lengths: Sequence[int], samples: bytearray) -> list[Floats]:
    """A payload as the windows that it was made of."""
    whole = np.frombuffer(samples, np.float32)
    return np.split(whole, np.cumsum(lengths)[:-1]) if lengths else []


def _answer(embedder: Embedder, windows: list[Floats]) -> tuple[Message, bytes]:
    try:
        return {"kind": "vectors"}, embedder.embed_audio(windows).tobytes()
    except Exception as error:  # unexpected ones are bugs, or memory: the parent says them
        expected = isinstance(error, FoundsoundError)
        reason = str(error) if expected else f"{type(error).__name__}: {error}"
        return {"kind": "failed", "reason": reason, "ends": is_lost(error)}, b""


if __name__ == "__main__":
    main()
