"""A library on servers that tests may stop: a PostgreSQL and a stand-in for Qdrant of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundsound.settings import Settings
from tests.postgres_server import PostgresServer
from tests.qdrant_process import QdrantProcess


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server that the module's tests stop, and start again before they end."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def own_qdrant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QdrantProcess]:
    """A stand-in that the module's tests stop, and start again before they end."""
    process = QdrantProcess(tmp_path_factory.mktemp("qdrant"))
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def on_servers(
    tmp_path: Path, cache_dir: Path, own_postgres: PostgresServer, own_qdrant: QdrantProcess
) -> Settings:
    """Settings of a library that is new."""
    database = own_postgres.create_database()
    return Settings(
        data_dir=tmp_path / "library",
        cache_dir=cache_dir,
        model="starter-bridge",
        database_url=own_postgres.url(database),
        qdrant_url=own_qdrant.url,
        qdrant_prefix=database,
        qdrant_timeout_s=10,
        lease_s=3,
    )
