"""What tests of a change of models share."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundsound.catalog.spaces import space_statuses
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.starter.bridge_model import BridgeEmbedder
from foundsound.embedding.starter.model import StarterEmbedder
from foundsound.errors import (
    AudioError,
)
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import Library
from ingest.decoder_process import DecoderProcess, Piece
from ingest.switch import switch_model
from ingest.work_item import WorkItem
from tests.finding import nearest

OLD, NEW = "starter-bridge", "starter"


def switch(
    library: Library,
    model: str = NEW,
    *,
    keep: bool = False,
    force: bool = False,
    stop: threading.Event | None = None,
) -> IndexProgress:
    progress = IndexProgress()
    wanted = Switch(model=model, keep=keep, force=force)
    switch_model(library, wanted, progress, lambda _: None, stop or threading.Event())
    return progress


def spaces(library: Library) -> dict[str, tuple[bool, int, int]]:
    """Active, sounds, lacking, by model."""
    with library.catalog.read() as session:
        return {s.model: (s.active, s.sounds, s.lacking) for s in space_statuses(session)}


def names(library: Library) -> set[str]:
    hits = nearest(library)
    return {os.path.basename(hit.path) for hit in hits}


@contextmanager
def counted(embedder: type[StarterEmbedder] | type[BridgeEmbedder]) -> Iterator[list[int]]:
    """Counts the windows of each call of the model."""
    calls: list[int] = []
    real = embedder.embed_audio

    def counting(self: Embedder, windows: Sequence[Floats]) -> Floats:
        calls.append(len(windows))
        return real(self, windows)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embedder, "embed_audio", counting)
        yield calls


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, wanted: Callable[[WorkItem], bool]) -> Iterator[None]:
    """The decoder refuses some files."""
    real = DecoderProcess.decode

    def decode(self: DecoderProcess, item: WorkItem, analyse: bool) -> Iterator[Piece]:
        if wanted(item):
            raise AudioError("The decoder gave up.")
        return real(self, item, analyse)

    with monkeypatch.context() as patched:
        patched.setattr(DecoderProcess, "decode", decode)
        yield


def index_into(library: Library, *paths: Path) -> IndexProgress:
    from ingest.run import index_paths

    progress = IndexProgress()
    index_paths(library, paths, progress, lambda _: None, threading.Event())
    return progress
