"""A child that decodes one thing at a time for whoever asks, and is ended when it goes too far."""

import contextlib
import select
import subprocess
import threading
import time

from foundsound.errors import AudioError, FileUnavailable, FoundsoundError, OutOfBounds
from foundsound.processes.child import bury, start_child
from foundsound.processes.memory import resident_bytes, too_large
from foundsound.processes.wire import Message, receive, send

TICK_S = 0.5
ERRORS = {error.__name__: error for error in (AudioError, FileUnavailable, OutOfBounds)}


class WatchedChild:
    """Started with the first request; one that crashes, hangs or floods is replaced for the next.

    Used by one thread at a time; :meth:`close` may be called from another.

    Args:
        command: starts it.
        stall_s: how long it may be silent while an answer is waited for.
        memory_bytes: the most that it may occupy.
    """

    def __init__(self, command: list[str], stall_s: float, memory_bytes: int) -> None:
        self._command = command
        self._stall_s = stall_s
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()

    @property
    def can_start(self) -> bool:
        """True when there is no child, and there may be one."""
        return self._process is None and not self._closing.is_set()

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, unless it lives.

        Raises:
            FoundsoundError: the system cannot start one.
        """
        if self._process is not None and self._process.poll() is not None:
            self.end()  # the system took it while it had nothing to do: no file's fault
        if self._process is None:
            # One core: the matrix library would start a thread for each.
            self._process = start_child(
                self._command, "decodes", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"
            )
        return self._process

    def ask(self, request: Message) -> None:
        """Send a request.

        Raises:
            FoundsoundError: the system cannot start a child.
        """
        process = self.start()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it is dead: listening tells how it died
            send(process.stdin, request)

    def answer(self) -> tuple[Message, bytearray]:
        """The next answer that says more than that the child is alive.

        Raises:
            AudioError, OutOfBounds: the file is no usable audio, or too much for the child.
            FileUnavailable: it cannot be read now.
            FoundsoundError: this was closed meanwhile.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        pipe = process.stdout.raw  # type: ignore[attr-defined]  # select cannot see into a buffer
        turned_at, looked_at, silent_s = time.monotonic(), 0.0, 0.0
        while not self._closing.is_set():
            if select.select([pipe], [], [], TICK_S)[0]:
                try:
                    answer, payload = receive(pipe)
                except (EOFError, OSError, ValueError):
                    self.end()
                    raise AudioError(
                        f"The decoder crashed on this file (exit code {process.returncode})."
                    ) from None
                if answer["kind"] == "refused":
                    raise ERRORS.get(answer["error"], FoundsoundError)(answer["reason"])
                if answer["kind"] != "alive":
                    return answer, payload
                silent_s = 0.0
            now = time.monotonic()
            # When all of us were stopped (Ctrl-Z, a busy machine), the child is not to blame.
            silent_s, turned_at = silent_s + min(now - turned_at, 2 * TICK_S), now
            if now - looked_at > TICK_S / 2:
                looked_at = now
                if resident_bytes(process.pid) > self._memory_bytes:
                    self.end()
                    raise OutOfBounds(too_large(self._memory_bytes))
            if silent_s > self._stall_s:
                self.end()
                raise AudioError(
                    f"The decoder made no progress on this file for {self._stall_s:g} s."
                )
        raise FoundsoundError("The server ends.")

    def end(self) -> None:
        """End the child; the next request starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            bury(process)

    def interrupt(self) -> None:
        """Whoever waits for an answer is told that it does not come; there is no other one."""
        self._closing.set()
