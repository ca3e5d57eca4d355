"""What tests need to get at the decoding children of this or another process."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundsound.audio.bounds import Bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import Window, cut_windows
from foundsound.calibrate import measured_calibration
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.space import EmbeddedSpan, merge_neighbours
from foundsound.library import Library
from ingest.decode_job import DecodeJob
from ingest.decoder_process import DecoderProcess
from ingest.leases import Leases
from ingest.reconcile import reconcile
from ingest.work_item import WorkItem
from tests.finding import nearest

FAULTY = [sys.executable, "-P", str(Path(__file__).with_name("faulty_decoder.py"))]
RATE, WINDOW_S = 16_000, 10.0
JOB = DecodeJob(RATE, WINDOW_S, 1.0, 2**40, 2**40, 1e6, 128, 3600.0)


class MeddledEmbedder:
    """An embedder that does something first, each time that it is given windows."""

    def __init__(self, inner: Embedder, meddle: Callable[[int], None]) -> None:
        self._inner = inner
        self._meddle = meddle
        self.name, self.version, self.dim = inner.name, inner.version, inner.dim
        self.sample_rate, self.window_s = inner.sample_rate, inner.window_s
        self.batch_windows = inner.batch_windows
        self.batches_at_once = inner.batches_at_once
        self.calls = 0
        self.windows = 0

    @property
    def logit_scale(self) -> float:
        return self._inner.logit_scale

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        if windows:
            self._meddle(self.calls)
            self.calls += 1
            self.windows += len(windows)
        return self._inner.embed_audio(windows)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        return self._inner.embed_text(texts)


def meddle(library: Library, action: Callable[[int], None]) -> MeddledEmbedder:
    """Have ``action`` called with the number of the batch, before each is embedded."""
    measured_calibration(library.embedder, library.settings)  # has windows of its own, once
    embedder = MeddledEmbedder(library.embedder, action)
    library.space.embedder = embedder
    return embedder


def patient(
    monkeypatch: pytest.MonkeyPatch,
    stall_s: float,
    but_for: Callable[[str, str, bool], bool],
) -> None:
    """Silence is ended only where it never ends: on a busy machine any child is silent at times.

    Args:
        but_for: asked with a file's name, what a decoder is to do with it, and whether to analyse.
    """
    ask = DecoderProcess._ask

    def asked(decoder: DecoderProcess, kind: str, item: WorkItem, **more: bool) -> None:
        name = os.path.basename(os.fsdecode(item.path))
        hopeless = but_for(name, kind, more.get("analyse", False))
        decoder._stall_s = stall_s if hopeless else 600.0
        ask(decoder, kind, item, **more)

    monkeypatch.setattr(DecoderProcess, "_ask", asked)


def children(of: int | None = None) -> list[psutil.Process]:
    """The decoding children, dead ones that nobody buried included; no other suite's processes."""
    return [child for child in psutil.Process(of).children(recursive=True) if _decodes(child)]


def _decodes(child: psutil.Process) -> bool:
    try:
        command = child.cmdline()
    except psutil.ZombieProcess:
        return True
    except psutil.NoSuchProcess:
        return False
    return any("decode" in part for part in command)


def item(path: Path) -> WorkItem:
    status = os.stat(path)
    return WorkItem(1, os.fsencode(path), status.st_size, status.st_mtime_ns)


@contextmanager
def queued(library: Library, folder: Path) -> Iterator[Leases]:
    """The files of a folder, as a pipeline gets them."""
    reconcile(library, folder, threading.Event())
    with Leases(library, library.space_id) as leases:
        yield leases


def decoded_here(path: Path, rate: int = RATE) -> list[Window]:
    """The windows of a file, decoded in this process."""
    bounds = Bounds(JOB.file_bytes, JOB.duration_s, JOB.channels, JOB.decode_s)
    with MonoStream(os.fsencode(path), rate, bounds) as stream:
        return list(cut_windows(stream.blocks(), rate, WINDOW_S))


def vectors_of(library: Library, path: Path) -> Floats:
    """What the index should hold of a file, float32 ``[windows, dim]``."""
    spans = [
        EmbeddedSpan(
            window.start_s, window.end_s, library.embedder.embed_audio([window.samples])[0]
        )
        for window in decoded_here(path, library.embedder.sample_rate)
    ]
    return np.stack([span.vector for span in merge_neighbours(spans)])


def vectors_by_name(library: Library) -> dict[str, Floats]:
    """Every sound's vectors, float32 ``[windows, dim]``."""
    hits = nearest(library)
    return {
        Path(hit.path).name: np.asarray(library.vectors.vectors_of(hit.sound_id)) for hit in hits
    }
