"""The child that embeds: the same vectors, other processes' troubles, and its end."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundsound.embedding.embedder import Embedder
from foundsound.embedding.starter.bridge_model import BridgeEmbedder
from foundsound.errors import ModelError
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.embed_process import EmbedProcess
from ingest.run import index_paths
from tests.ingest.decoding import vectors_by_name
from tests.signals import noise, tone

RATE = 16_000
WINDOWS = [
    tone(1.0, rate=RATE)[:, 0],
    noise(2.5, rate=RATE)[:, 0],
    tone(0.2, hz=3000.0, rate=RATE)[:, 0],
]


@pytest.fixture
def embedder(settings: Settings) -> Embedder:
    return BridgeEmbedder(settings.cache_dir, settings.thread_count)


@pytest.fixture
def child(embedder: Embedder, settings: Settings) -> Iterator[EmbedProcess]:
    with EmbedProcess(embedder, settings) as process:
        yield process


def test_the_child_gives_the_very_vectors(child: EmbedProcess, embedder: Embedder) -> None:
    assert child.embed_audio([]).shape == (0, embedder.dim)
    assert np.array_equal(child.embed_audio(WINDOWS), embedder.embed_audio(WINDOWS))
    assert child.pid not in (None, os.getpid())


def test_it_lets_others_go_first(child: EmbedProcess) -> None:
    child.embed_audio([])
    assert psutil.Process(child.pid).nice() == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_a_child_that_is_killed_is_replaced(child: EmbedProcess, embedder: Embedder) -> None:
    child.embed_audio([])
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert np.array_equal(child.embed_audio(WINDOWS), embedder.embed_audio(WINDOWS))
    assert child.pid != first


def test_a_child_that_never_lives_is_told_in_a_sentence(
    child: EmbedProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.embed_process.COMMAND", ["false"])
    with pytest.raises(ModelError, match="ended twice"):
        child.embed_audio(WINDOWS)


@pytest.mark.parametrize("kind", ["lost", "wrapped", "bug"])
def test_a_child_that_lost_its_gpu_tells_it_and_ends(
    child: EmbedProcess,
    embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
) -> None:
    spoiled = [sys.executable, "-P", str(Path(__file__).with_name("lost_card_child.py"))]
    monkeypatch.setattr("ingest.embed_process.COMMAND", spoiled)
    monkeypatch.setenv("LOST_CARD_SEEN", str(tmp_path / "seen"))
    monkeypatch.setenv("LOST_CARD_KIND", kind)
    told = {"lost": "illegal memory", "wrapped": "The GPU cannot run it", "bug": "a bug"}[kind]
    with pytest.raises(ModelError, match=told):
        child.embed_audio(WINDOWS)
    if kind == "bug":  # others live on: they hold a model that works
        assert child.pid is not None
        with pytest.raises(ModelError, match=told):
            child.embed_audio(WINDOWS)
    else:
        assert child.pid is None
        assert np.array_equal(child.embed_audio(WINDOWS), embedder.embed_audio(WINDOWS))


def test_a_model_that_cannot_be_made_over_there_says_why(
    settings: Settings,
) -> None:
    class Unknown(BridgeEmbedder):
        name = "no-such-model"

    stranger = Unknown(settings.cache_dir, 1)
    with EmbedProcess(stranger, settings) as child, pytest.raises(ModelError, match="no-such-mo"):
        child.embed_audio(WINDOWS)


def test_a_model_that_changed_meanwhile_is_refused(settings: Settings) -> None:
    class Older(BridgeEmbedder):
        version = "starter-bridge-0"

    older = Older(settings.cache_dir, 1)
    with EmbedProcess(older, settings) as child, pytest.raises(ModelError, match="changed"):
        child.embed_audio(WINDOWS)


def test_closing_ends_a_call_that_is_under_way(embedder: Embedder, settings: Settings) -> None:
    child = EmbedProcess(embedder, settings)
    child.embed_audio([])
    failed = threading.Event()

    def embed() -> None:
        try:
            while True:
                child.embed_audio(WINDOWS)
        except ModelError:
            failed.set()

    thread = threading.Thread(target=embed, daemon=True)
    thread.start()
    child.close()
    assert failed.wait(60.0)
    thread.join(60.0)
    assert child.pid is None


def test_a_library_hears_apart_and_finds_the_same(
    settings: Settings, sounds: Path, tmp_path: Path
) -> None:
    found = []
    for name, hear_apart in (("here", None), ("apart", EmbedProcess)):
        own = settings.model_copy(update={"data_dir": tmp_path / name})
        with Library(own, hear_apart=hear_apart) as library:
            index_paths(library, [sounds], IndexProgress(), lambda _: None, threading.Event())
            ear = library.space.ear
            found.append(vectors_by_name(library))
    assert isinstance(ear, EmbedProcess)
    assert ear.pid is None  # ended with the library
    assert found[0].keys() == found[1].keys() == {"noise.wav", "tone.flac", "high.ogg"}
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])
