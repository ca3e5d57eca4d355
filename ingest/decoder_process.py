"""The indexing process's side of a decoding child: starts it, asks it, watches it, ends it."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator

import numpy as np

from foundsound.analysis.sound_analysis import Fingerprint, Heard, SoundAnalysis, SoundClass
from foundsound.audio.windows import Window
from foundsound.catalog.sounds import SoundFacts
from foundsound.errors import AudioError, FileUnavailable, FoundsoundError
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.processes.child import bury, module_command, start_child
from foundsound.processes.memory import resident_bytes, too_large
from foundsound.processes.wire import Message, receive, send
from ingest.decode_job import DecodeJob
from ingest.work_item import WorkItem

COMMAND = module_command("ingest.decode_child")
START_S = 60.0  # a machine out of memory may take this long to start one


Piece = Window | Heard | SoundFacts  # of what decoding a file gives


class DecoderDied(Exception):
    """The child ended with a file in hand; ``str`` says how.

    Attributes:
        by_content: it crashed, as opposed to being killed from outside or running out of memory.
    """

    def __init__(self, reason: str, by_content: bool) -> None:
        super().__init__(reason)
        self.by_content = by_content


class DecoderFailed(Exception):
    """The file goes beyond what a decoder may take for it; ``str`` says how."""


class DecoderStalled(Exception):
    """The child made no progress for too long and was killed; ``str`` says so."""


class DecoderProcess:
    """A child process that takes one file at a time, started when it is first asked.

    Used by one thread; :meth:`watch` and :meth:`stop` may be called from others. After a death
    the next question starts a new child.

    Args:
        job: what all files have in common.
        stall_s: how long it may do nothing before it is killed.
    """

    def __init__(self, job: DecodeJob, stall_s: float) -> None:
        self._job = job
        self._stall_s = stall_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._silent_s: float | None = None  # how long we have listened in vain; None: we do not
        self._stalled = False
        self._flooded = False
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        process = self._process
        return process.pid if process else None

    def identify(self, item: WorkItem) -> str:
        """The sound id of a file.

        Raises:
            FileUnavailable: it cannot be read, or changes.
            DecoderFailed: it takes too much memory, or the child gave up on it.
            DecoderDied, DecoderStalled: the child ended.
            FoundsoundError: no child can be started.
        """
        self._ask("identify", item)
        answer, _ = self._answer()
        return str(answer["sound_id"])

    def decode(self, item: WorkItem, analyse: bool = False) -> Iterator[Piece]:
        """Yield a file's windows, then, if asked, what was heard in it, and at last its facts.

        Raises:
            AudioError: the content is no usable audio.
            FileUnavailable, DecoderFailed, DecoderDied, DecoderStalled, FoundsoundError: as above.
        """
        self._ask("decode", item, analyse=analyse)
        while True:
            answer, payload = self._answer()
            match answer.pop("kind"):
                case "decoded":
                    yield SoundFacts(**answer)
                    return
                case "analysed":
                    yield _heard(answer, payload)
                case _:
                    yield Window(**answer, samples=np.frombuffer(payload, np.float32))

    def analyse(self, item: WorkItem) -> Heard:
        """What is heard in a file; nothing of it is handed over.

        Raises:
            AudioError: the content is no usable audio.
            FileUnavailable, DecoderDied, DecoderStalled, FoundsoundError: as above.
        """
        self._ask("analyse", item)
        answer, payload = self._answer()
        return _heard(answer, payload)

    def describe(self, item: WorkItem) -> SoundMetadata:
        """A file's metadata.

        Raises:
            FileUnavailable, DecoderFailed, DecoderDied, DecoderStalled, FoundsoundError: as above.
        """
        self._ask("describe", item)
        answer, _ = self._answer()
        told = answer["metadata"]
        return SoundMetadata(**told | {"keywords": tuple(told["keywords"])})

    def watch(self, passed_s: float) -> None:
        """Count time; a child that we have listened to in vain for too long is killed.

        So is one that takes too much memory.
        """
        with self._lock:
            if self._silent_s is None or self._process is None:
                return
            if resident_bytes(self._process.pid) > self._job.memory_bytes:
                self._flooded = True
                self._process.kill()
                return
            self._silent_s += passed_s
            if self._silent_s > (self._stall_s if self._ready else max(self._stall_s, START_S)):
                self._stalled = True
                self._process.kill()

    def rest(self) -> None:
        """End the child; another question starts a new one."""
        if self._process is not None:
            self._process.kill()
            self._bury(self._process)

    def stop(self) -> None:
        """Kill the child and start no other; whoever listens to it is told that it died."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise DecoderDied("The run is over.", by_content=False)
            # One core each: the matrix library would start a thread a core in every child.
            self._process = start_child(
                [*COMMAND, self._job.to_json()],
                "decodes",
                OPENBLAS_NUM_THREADS="1",
                OMP_NUM_THREADS="1",
            )
            self._ready = self._stalled = self._flooded = False
            return self._process

    def _ask(self, kind: str, item: WorkItem, **more: bool) -> None:
        process = self._process or self._start()
        path, size, mtime_ns = item.path.hex(), item.size, item.mtime_ns
        request: Message = {"kind": kind, "path": path, "size": size, "mtime_ns": mtime_ns}
        request |= more
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it is dead: listening tells how it died
            send(process.stdin, request)

    def _answer(self) -> tuple[Message, bytearray]:
        """The next answer that tells something of the file."""
        while True:
            answer, payload = self._listen()
            match answer.get("kind"):
                case "ready":
                    self._ready = True
                case "alive":
                    pass
                case "refused":
                    raise AudioError(answer["reason"])
                case "unreadable":
                    raise FileUnavailable(answer["reason"])
                case "failed":
                    raise DecoderFailed(answer["reason"])
                case _:
                    return answer, payload

    def _listen(self) -> tuple[Message, bytearray]:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        with self._lock:
            self._silent_s = 0.0
        try:
            heard = receive(process.stdout)
        except (EOFError, OSError, ValueError):  # ValueError: no message of ours
            heard = None
        with self._lock:
            self._silent_s = None
            stalled, flooded = self._stalled, self._flooded
        if heard is not None and not stalled and not flooded:
            return heard
        self._bury(process)
        if flooded:
            raise DecoderFailed(too_large(self._job.memory_bytes))
        if stalled:
            raise DecoderStalled(
                f"The decoder made no progress on this file for {self._stall_s:g} s."
            )
        raise self._death(process.returncode)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        bury(process)
        with self._lock:
            self._process = None

    def _death(self, code: int | None) -> Exception:
        killed = code is None or (os.name == "posix" and -code in (signal.SIGKILL, signal.SIGTERM))
        if not self._ready and not killed:
            return FoundsoundError(
                f"The process that decodes cannot start (exit code {code}); is foundsound "
                "installed completely?"
            )
        if killed:
            reason = "The decoder was killed while it read this file; memory may have run out."
            return DecoderDied(reason, by_content=False)
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return DecoderDied(f"The decoder crashed on this file ({how}).", by_content=True)


def _heard(answer: Message, payload: bytearray) -> Heard:
    told, audible_s = answer["analysis"], answer["audible_s"]
    if told["sound_class"] is not None:
        told["sound_class"] = SoundClass(told["sound_class"])
    fingerprint = None if audible_s is None else Fingerprint(audible_s, bytes(payload))
    return Heard(SoundAnalysis(**told), fingerprint)
