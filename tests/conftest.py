"""Fixtures: a fresh library a test, one shared cache of converted models."""

import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from foundsound.embedding.starter import bridge_model, head, yamnet
from foundsound.embedding.starter.minilm import MiniLM
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.forked_commands import note_start_of_test
from tests.signals import noise, tone, write

pytest_plugins = ["tests.databases"]
Index = Callable[..., IndexProgress]
# A shell that starts tests in the background has them ignore it, and all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    note_start_of_test()


@pytest.fixture(scope="session", autouse=True)
def encoders_are_loaded_once() -> Iterator[None]:
    """However many libraries a test process opens: they keep nothing of what they encode."""
    with pytest.MonkeyPatch.context() as patched:
        loaded = cache(MiniLM)
        for module in (bridge_model, head):
            patched.setattr(module, "MiniLM", loaded)
        patched.setattr(yamnet, "Yamnet", cache(yamnet.Yamnet))
        yield


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def settings(tmp_path: Path, cache_dir: Path, database_url: str | None) -> Settings:
    # The light model: these tests are about everything but the model.
    return Settings(
        data_dir=tmp_path / "library",
        cache_dir=cache_dir,
        model="starter-bridge",
        database_url=database_url,
    )


@pytest.fixture
def library(settings: Settings, empty_sqlite: Path) -> Iterator[Library]:
    if settings.database_url is None and not settings.data_dir.exists():
        settings.data_dir.mkdir(parents=True)
        shutil.copy(empty_sqlite, settings.data_dir)
    with Library(settings) as opened:
        yield opened


@pytest.fixture
def index(library: Library) -> Index:
    """Run the real indexing of the given paths."""

    def run(*paths: Path) -> IndexProgress:
        progress = IndexProgress()
        index_paths(library, paths, progress, lambda _: None, threading.Event())
        return progress

    return run


@contextmanager
def indexed_library(
    data_dir: Path, cache_dir: Path, database_url: str | None, folder: Path
) -> Iterator[Library]:
    """A library of the folder's sounds that several tests read."""
    settings = Settings(
        data_dir=data_dir, cache_dir=cache_dir, model="starter-bridge", database_url=database_url
    )
    with Library(settings) as library:
        index_paths(library, [folder], IndexProgress(), lambda _: None, threading.Event())
        yield library


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """A folder of three sounds that the model tells apart."""
    return three_sounds(tmp_path / "sounds")


def three_sounds(folder: Path) -> Path:
    """Write them into the folder."""
    write(folder / "noise.wav", noise(2.0))
    write(folder / "tone.flac", tone(1.5))
    write(folder / "sub" / "high.ogg", tone(1.0, hz=3000.0))
    return folder
