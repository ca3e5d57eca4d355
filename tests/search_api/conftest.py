import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.conftest import Index, indexed_library, three_sounds

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
    with (
        indexed_library(data_dir, cache_dir, module_database_url, shared_sounds) as library,
        opened(library) as answering,
    ):
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
