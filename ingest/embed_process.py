"""The serving process's side of the child that embeds: starts it, asks it, ends it."""

import contextlib
import subprocess
import threading
from collections.abc import Sequence

import numpy as np

from foundsound.embedding.embedder import Embedder, Floats
from foundsound.errors import ModelError
from foundsound.processes.child import bury, module_command, start_child
from foundsound.processes.wire import Message, receive, send
from foundsound.settings import Settings
from ingest.embed_job import EmbedJob

COMMAND = module_command("ingest.embed_child")


class EmbedProcess:
    """A model's ear in a child process, started when it is first asked. A context manager.

    A child that ends is replaced once a call: the system may have needed its memory. One that says
    that it ends, because it lost its GPU, is replaced at the next call.

    Args:
        embedder: the model; the child makes the same one by its name.
    """

    def __init__(self, embedder: Embedder, settings: Settings) -> None:
        self._embedder = embedder
        self._job = EmbedJob(embedder.name, settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()
        self._closed = False

    @property
    def batch_windows(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._embedder.batch_windows

    @property
    def batches_at_once(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`: the child takes one at a time."""
        return 1

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        process = self._process
        return process.pid if process else None

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`.

        Raises:
            ModelError: the model failed, or the child ended twice.
            FoundsoundError: the system cannot start a child.
        """
        request: Message = {"kind": "embed", "lengths": [len(window) for window in windows]}
        samples = [np.ascontiguousarray(window, np.float32).data.cast("B") for window in windows]
        with self._asking:
            for _ in range(2):
                if self._closed:
                    raise ModelError("The process that embeds has been ended.")
                with contextlib.suppress(EOFError, OSError, ValueError):
                    return self._ask(request, samples).reshape(len(windows), self._embedder.dim)
                self._end()
        raise ModelError(
            "The process that embeds was ended twice by the system; memory may have run out. "
            "Choose a smaller model, or give the machine more memory."
        )

    def close(self) -> None:
        """End the child for good; a call that is under way fails."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._asking:
            self._end()

    def __enter__(self) -> "EmbedProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Message, samples: Sequence[memoryview]) -> Floats:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        send(process.stdin, request, *samples)
        answer, vectors = receive(process.stdout)
        if answer["kind"] == "failed":
            if answer["ends"]:
                self._end()
            raise ModelError(answer["reason"])
        found: Floats = np.frombuffer(vectors, np.float32)
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        process = start_child([*COMMAND, self._job.to_json()], "embeds")
        self._process = process
        assert process.stdout is not None
        answer, _ = receive(process.stdout)
        if answer["kind"] == "failed":
            raise ModelError(answer["reason"])
        if answer["version"] != self._embedder.version:
            self._end()
            raise ModelError(
                f"The files of the model '{self._embedder.name}' were changed meanwhile; start "
                "foundsound again."
            )
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            bury(process)
