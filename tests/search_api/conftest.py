import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.conftest import Index, three_sounds

TOKEN = "test-token"


@pytest.fixture
def client(library: Library, index: Index, sounds: Path) -> Iterator[TestClient]:
    """An in-process client of the API over three indexed sounds."""
    index(sounds)
    with opened(library) as answering:
        yield answering


@pytest.fixture(scope="module")
def shared_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sounds of ``shared``."""
    return three_sounds(tmp_path_factory.mktemp("shared") / "sounds")


@pytest.fixture(scope="module")
def shared(
    shared_sounds: Path,
    tmp_path_factory: pytest.TempPathFactory,
    cache_dir: Path,
    module_database_url: str | None,
) -> Iterator[TestClient]:
    """A ``client`` for the many tests that change nothing."""
    data_dir = tmp_path_factory.mktemp("shared") / "library"
    settings = Settings(
        data_dir=data_dir,
        cache_dir=cache_dir,
        model="starter-bridge",
        database_url=module_database_url,
    )
    with Library(settings) as library:
        index_paths(library, [shared_sounds], IndexProgress(), lambda _: None, threading.Event())
        with opened(library) as answering:
            yield answering


@contextmanager
def opened(library: Library) -> Iterator[TestClient]:
    """A client of the library's API, once that is ready."""
    runs = BackgroundRuns(library)
    with TestClient(create_app(library, runs, TOKEN)) as client:
        deadline = time.monotonic() + 120
        while (told := client.get("/readyz")).status_code != 200:
            assert time.monotonic() < deadline, told.text
            time.sleep(0.02)
        yield client
    runs.close()
