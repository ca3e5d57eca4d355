"""A process that hashes and decodes one file at a time for the indexing process.

Whatever a damaged file does to a decoder, it does it here, and at a lower priority than a search:
those took a quarter longer while decoding was as important. Requests come on stdin and answers go
to stdout (see :mod:`foundsound.processes.wire`); when stdin ends, its parent is gone and it ends
too. It never writes a file and keeps nothing between files, so it can be killed at any moment.

Requests are ``identify``, ``decode``, ``analyse`` and ``describe``, each with ``path`` (hex),
``size`` and ``mtime_ns``; ``decode`` also says whether to ``analyse``. Answers: ``ready`` once;
``alive`` now and then; ``identified``; ``window`` with float32 samples as its payload; ``analysed``
with the analysis, its payload the fingerprint; ``decoded`` with the facts; ``described`` with the
metadata; ``refused``, ``unreadable`` and ``failed`` with a ``reason``.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, TYPE_CHECKING

from foundsound.catalog.identity import content_id
from foundsound.errors import AudioError, FileUnavailable, OutOfBounds
from foundsound.processes.memory import bound_memory, too_large
from foundsound.processes.parent import requests_of_parent
from foundsound.processes.pipes import take_pipes
from foundsound.processes.priority import BEHIND_SEARCHES, be_killed_first, go_behind
from foundsound.processes.wire import Message, send
from ingest.decode_job import DecodeJob

if TYPE_CHECKING:
    from foundsound.analysis.listener import Listener
    from foundsound.audio.decode import MonoStream
    from foundsound.audio.reader import AudioFacts, Floats

CHANGING = "The file is changing while it is read; it is tried again."


class Answers:
    """The pipe to the parent. When nobody reads it any more, the process ends."""

    def __init__(self, stream: IO[bytes], alive_s: float) -> None:
        self._stream = stream
        self._alive_s = alive_s
        self._sent_at = 0.0

    def send(self, message: Message, payload: memoryview | bytes = b"") -> None:
        """Send an answer; waits while the parent has enough to do."""
        try:
            send(self._stream, message, payload)
        except OSError:
            os._exit(0)
        self._sent_at = time.monotonic()

    def alive(self) -> None:
        """Called whenever a piece of work is done, so that the parent can tell slow from hung."""
        if time.monotonic() - self._sent_at > self._alive_s:
            self.send({"kind": "alive"})


def main() -> None:
    """Work off requests until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    be_killed_first()
    go_behind(BEHIND_SEARCHES)
    job = DecodeJob.from_json(sys.argv[1])
    bound_memory(job.memory_bytes)
    requests, stream = take_pipes()
    waiting = requests_of_parent(requests)
    answers = Answers(stream, job.alive_s)
    answers.send({"kind": "ready"})
    while True:
        serve(waiting.get(), job, answers)


def serve(request: Message, job: DecodeJob, answers: Answers) -> None:
    """Answer one request; nothing that is wrong with its file is raised."""
    try:
        work = WORKS[request["kind"]]
        work(request, job, answers)
    except AudioError as error:
        answers.send({"kind": "refused", "reason": str(error)})
    except FileUnavailable as error:
        answers.send({"kind": "unreadable", "reason": str(error)})
    except OutOfBounds as error:
        answers.send({"kind": "failed", "reason": str(error)})
    except OSError as error:
        reason = f"The file cannot be read: {error.strerror}."
        answers.send({"kind": "unreadable", "reason": reason})
    except MemoryError:
        answers.send({"kind": "failed", "reason": too_large(job.memory_bytes)})
    except Exception as error:  # a bug: it costs this file only, and is told
        reason = f"The decoder failed on this file ({type(error).__name__}: {error})."
        answers.send({"kind": "failed", "reason": reason})


def _identify(request: Message, job: DecodeJob, answers: Answers) -> None:
    path = _unchanged(request)
    sound_id = content_id(path, job.file_bytes, answers.alive)
    answers.send({"kind": "identified", "sound_id": sound_id})


def _decode(request: Message, job: DecodeJob, answers: Answers) -> None:
    # Imported only now: the first file is hashed meanwhile, and the parent loads its model.
    from foundsound.audio.windows import cut_windows

    with _opened(request, job, job.sample_rate, answers) as stream:
        listener = _listener(stream.facts, request) if request["analyse"] else None
        blocks = stream.blocks(listener.push) if listener else stream.blocks()
        watched = _watched(blocks, answers)
        for window in cut_windows(watched, job.sample_rate, job.window_s):
            told = {"kind": "window", "start_s": window.start_s, "end_s": window.end_s}
            answers.send(told, window.samples.data.cast("B"))
        facts = stream.facts
    if listener is not None:
        _tell(listener, answers)
    answers.send(
        {
            "kind": "decoded",
            "duration_s": stream.duration_s,
            "sample_rate": facts.sample_rate,
            "channels": facts.channels,
            "format": facts.format,
            "codec": facts.codec,
        }
    )


def _analyse(request: Message, job: DecodeJob, answers: Answers) -> None:
    from foundsound.analysis.frames import RATE

    with _opened(request, job, RATE, answers) as stream:
        listener = _listener(stream.facts, request)
        for _ in _watched(stream.blocks(listener.push), answers):
            pass
    _tell(listener, answers)


@contextlib.contextmanager
def _opened(
    request: Message, job: DecodeJob, sample_rate: int, answers: Answers
) -> "Iterator[MonoStream]":
    from foundsound.audio.bounds import Bounds
    from foundsound.audio.decode import MonoStream

    answers.alive()
    path = bytes.fromhex(request["path"])
    bounds = Bounds(job.file_bytes, job.duration_s, job.channels, job.decode_s)
    try:
        with MonoStream(path, sample_rate, bounds) as stream:
            yield stream
    except AudioError:
        _unchanged(request)  # damaged by who is writing it: no fault of the content we identified
        raise
    _unchanged(request)


def _listener(facts: "AudioFacts", request: Message) -> "Listener":
    from foundsound.analysis.listener import Listener

    return Listener(facts, request["size"])


def _tell(listener: "Listener", answers: Answers) -> None:
    heard = listener.finish()
    told: Message = {"kind": "analysed", "analysis": asdict(heard.analysis), "audible_s": None}
    if heard.fingerprint is not None:
        told["audible_s"] = heard.fingerprint.audible_s
    answers.send(told, heard.fingerprint.data if heard.fingerprint else b"")


def _describe(request: Message, job: DecodeJob, answers: Answers) -> None:
    from foundsound.metadata.read import read_metadata

    metadata = read_metadata(_unchanged(request))
    _unchanged(request)
    answers.send({"kind": "described", "metadata": asdict(metadata)})


WORKS = {
    "identify": _identify,
    "decode": _decode,
    "analyse": _analyse,
    "describe": _describe,
}


def _watched(blocks: "Iterator[Floats]", answers: Answers) -> "Iterator[Floats]":
    for block in blocks:
        answers.alive()
        yield block


def _unchanged(request: Message) -> bytes:
    path = bytes.fromhex(request["path"])
    status = os.stat(path)
    if (status.st_size, status.st_mtime_ns) != (request["size"], request["mtime_ns"]):
        raise FileUnavailable(CHANGING)
    return path


if __name__ == "__main__":
    main()
