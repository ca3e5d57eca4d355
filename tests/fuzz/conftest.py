"""A real server over three sounds, for requests of every kind.

On PostgreSQL, which refuses what SQLite takes; the long form asks both.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from foundsound.cli.api_thread import bind, local_url
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths
from ingest.runs import BackgroundRuns
from search_api.app import create_app
from tests.postgres_server import PostgresServer
from tests.signals import noise, tone, write

TOKEN = "a token that allows everything"
EXAMPLES = os.environ.get("FOUNDSOUND_TEST_FUZZ_EXAMPLES")  # of an operation; None: the short form
START_S = 240.0


@dataclass(frozen=True)
class Served:
    """A server, and what stands in its library."""

    url: str
    sound_ids: list[str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"] if EXAMPLES else ["postgresql"])
def served(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    cache_dir: Path,
) -> Iterator[Served]:
    """PostgreSQL refuses what SQLite takes, such as a NUL in a text."""
    folder = tmp_path_factory.mktemp("fuzz")
    write(folder / "sounds" / "noise.wav", noise(2.0))
    write(folder / "sounds" / "tone.flac", tone(1.5))
    write(folder / "sounds" / "sub" / "high.ogg", tone(1.0, hz=3000.0))
    name = postgres_server.create_database()
    settings = Settings(
        data_dir=folder / "library",
        cache_dir=cache_dir,
        model="starter-bridge",
        database_url=postgres_server.url(name) if request.param == "postgresql" else None,
        webhook_timeout_s=0.5,
    )
    with ExitStack() as opened:
        opened.callback(postgres_server.drop_database, name)
        library = opened.enter_context(Library(settings))
        progress = IndexProgress()
        index_paths(library, [folder / "sounds"], progress, lambda _: None, threading.Event())
        runs = BackgroundRuns(library)
        opened.callback(runs.close)
        url = opened.enter_context(_serving(library, runs))
        asked = httpx.post(f"{url}/search", json={"text": "dur:>0"}, timeout=60)
        found = asked.raise_for_status().json()
        yield Served(url, [hit["sound_id"] for hit in found["hits"]])


@contextmanager
def _serving(library: Library, runs: BackgroundRuns) -> Iterator[str]:
    with bind("127.0.0.1", 0) as listener:
        app = create_app(library, runs, TOKEN)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            url = local_url(listener)
            deadline = time.monotonic() + START_S
            while not server.started or httpx.get(f"{url}/readyz", timeout=60).status_code != 200:
                assert time.monotonic() < deadline, "the server does not become ready"
                time.sleep(0.05)
            yield url
        finally:
            server.should_exit = True
            thread.join()
