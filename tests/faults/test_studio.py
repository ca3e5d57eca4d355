"""A studio: three workers, two watchers and a server on one PostgreSQL and one vector store."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from tests.faults.library import SETTINGS, TriedLibrary, server_points
from tests.faults.processes import Processes
from tests.postgres_server import PostgresServer
from tests.process import Cli
from tests.qdrant_process import QdrantProcess

ROUNDS = int(os.environ.get("FOUNDSOUND_TEST_FAULT_ROUNDS", "1"))
SEED = int(os.environ.get("FOUNDSOUND_TEST_FAULT_SEED", "1"))


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    """A server of its own: it is stopped and started."""
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[QdrantProcess]:
    server = QdrantProcess(tmp_path / "qdrant")
    server.start()
    yield server
    server.stop()


@contextmanager
def studio(
    tmp_path: Path,
    cache_dir: Path,
    database: PostgresServer,
    vectors: QdrantProcess,
    told: list[str],
) -> Iterator[TriedLibrary]:
    url, prefix = database.url(database.create_database()), f"faults-{uuid4().hex[:8]}"
    servers = {
        "FOUNDSOUND_DATABASE_URL": url,
        "FOUNDSOUND_QDRANT_URL": vectors.url,
        "FOUNDSOUND_QDRANT_PREFIX": prefix,
        "FOUNDSOUND_QDRANT_TIMEOUT_S": "3",
    }
    cli = Cli(tmp_path / "library", cache_dir)
    roots = [tmp_path / "sounds", tmp_path / "more"]
    for root in roots:
        root.mkdir()
        added = cli.run("roots", "add", root, **servers)
        assert added.returncode == 0, added.stderr
    workers = {f"worker-{n}": ["worker"] for n in (1, 2, 3)}
    watchers = {f"watch-{n}": ["watch"] for n in (1, 2)}
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with Processes(
        tmp_path / "logs", cli.environment | SETTINGS | servers, workers | watchers
    ) as processes:
        tried = TriedLibrary(
            processes, roots, engine, lambda: server_points(vectors.url, prefix), SEED + 3
        )
        try:
            yield tried
        finally:
            told.append(f"studio: {tried.tried}")
    engine.dispose()


@pytest.mark.timeout(480 * ROUNDS + 120)
def test_kills_and_servers_that_go_away(
    tmp_path: Path,
    cache_dir: Path,
    database: PostgresServer,
    vectors: QdrantProcess,
    told: list[str],
) -> None:
    def away() -> None:
        trouble = library.rng.choice(["database restarts", "vectors restart", "vectors refuse"])
        match trouble:
            case "database restarts":
                database.stop()
                time.sleep(0.5)
                database.start()
            case "vectors restart":
                vectors.stop()
                time.sleep(0.5)
                vectors.start()
            case "vectors refuse":
                vectors.fail(status=503)
                time.sleep(1.0)
                vectors.fail()

    with studio(tmp_path, cache_dir, database, vectors, told) as library:
        for _ in range(ROUNDS):
            library.run_round(changes=25, kills=5, trouble=away, troubles=3)
