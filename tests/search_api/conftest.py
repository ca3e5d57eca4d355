import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from foundsound.library import Library
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.conftest import Index

TOKEN = "test-token"


@pytest.fixture
def client(library: Library, index: Index, sounds: Path) -> Iterator[TestClient]:
    """An in-process client of the API over three indexed sounds."""
    index(sounds)
    runs = BackgroundRuns(library)
    with TestClient(create_app(library, runs, TOKEN)) as opened:
        deadline = time.monotonic() + 120
        while (told := opened.get("/readyz")).status_code != 200:
            assert time.monotonic() < deadline, told.text
            time.sleep(0.02)
        yield opened
    runs.close()
