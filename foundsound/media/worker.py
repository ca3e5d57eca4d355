"""One child that decodes for listening and looking, and the thread that asks it."""

import contextlib
import select
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from foundsound.audio.bounds import file_bounds
from foundsound.errors import AudioError, FileUnavailable, FoundsoundError, OutOfBounds
from foundsound.processes.child import bury, module_command, start_child
from foundsound.processes.memory import resident_bytes, too_large
from foundsound.processes.wire import Message, receive, send
from foundsound.settings import Settings

COMMAND = module_command("foundsound.media.child")
TICK_S = 0.5
ERRORS = {error.__name__: error for error in (AudioError, FileUnavailable, OutOfBounds)}


class MediaWorker:
    """Takes one request after another; its child is started with the first one.

    A child that crashes, is silent for ``decode_stall_s`` or takes too much memory costs the
    request that it was at, and is replaced for the next.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="media")
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()

    def submit(self, work: Callable[[], None]) -> "Future[None]":
        """Run in the worker's thread, behind what was submitted before."""
        return self._thread.submit(work)

    def ask(self, work: str, path: bytes, folder: Path) -> None:
        """Have the child do one piece of work; for the worker's thread alone.

        Raises:
            AudioError, OutOfBounds: the file is no usable audio, or too much for the child.
            FileUnavailable: it cannot be read now.
            FoundsoundError: no child can be started, or the worker is closed.
        """
        process = self._alive_process()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it is dead: listening tells how it died
            send(process.stdin, {"work": work, "path": path.hex(), "folder": str(folder)})
        answer = self._answer(process)
        if answer["kind"] == "refused":
            raise ERRORS.get(answer["error"], FoundsoundError)(answer["reason"])

    def warm(self) -> None:
        """Have the child started, so that the first request need not wait for that."""
        if self._process is None and not self._closing.is_set():
            self._thread.submit(self._alive_process)

    def close(self) -> None:
        """End the child; what waits is not done."""
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)
        self._end()

    def _alive_process(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # the system took it while it had nothing to do: no file's fault
        return self._process or self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        bounds, memory_bytes = file_bounds(self._settings), self._memory_bytes
        limits = [bounds.file_bytes, bounds.duration_s, bounds.channels, bounds.decode_s]
        # One core: the matrix library would start a thread for each.
        self._process = start_child(
            [*COMMAND, *map(str, [*limits, memory_bytes])],
            "decodes",
            OPENBLAS_NUM_THREADS="1",
            OMP_NUM_THREADS="1",
        )
        return self._process

    @property
    def _memory_bytes(self) -> int:
        return self._settings.max_decode_memory_bytes

    def _answer(self, process: subprocess.Popen[bytes]) -> Message:
        """Wait for the end of the work, however long the child says that it is alive."""
        assert process.stdout is not None
        pipe = process.stdout.raw  # type: ignore[attr-defined]  # select cannot see into a buffer
        heard_at = time.monotonic()
        while not self._closing.is_set():
            if select.select([pipe], [], [], TICK_S)[0]:
                try:
                    answer, _ = receive(pipe)
                except (EOFError, OSError, ValueError):
                    self._end()
                    raise AudioError(
                        f"The decoder crashed on this file (exit code {process.returncode})."
                    ) from None
                if answer["kind"] != "alive":
                    return answer
                heard_at = time.monotonic()
            if resident_bytes(process.pid) > self._memory_bytes:
                self._end()
                raise OutOfBounds(too_large(self._memory_bytes))
            if time.monotonic() - heard_at > self._settings.decode_stall_s:
                self._end()
                raise AudioError(
                    "The decoder made no progress on this file for "
                    f"{self._settings.decode_stall_s:g} s."
                )
        raise FoundsoundError("The server ends.")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            bury(process)
