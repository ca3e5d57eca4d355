"""Runs tests on both of the catalogue's databases.

``both_databases`` on a test, or as a module's ``pytestmark``, runs it twice: whatever it does with
``settings``, ``library`` or ``catalog`` happens in a SQLite file, then in a fresh database of a
real PostgreSQL, which one session starts once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundsound.catalog.database import FILE_NAME, Catalog
from tests.postgres_server import PostgresServer
from tests.qdrant_process import QdrantProcess

DEFAULT = os.environ.get("FOUNDSOUND_TEST_DATABASE", "sqlite")
both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server that tests share; one that stops and starts it makes its own."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def empty_catalog(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database whose schema is up to date: copying it spares the migrations."""
    name = postgres_server.create_database()
    Catalog(tmp_path_factory.mktemp("unused"), postgres_server.url(name)).close()
    return name


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite: a file."""
    folder = tmp_path_factory.mktemp("empty")
    Catalog(folder).close()
    return folder / FILE_NAME


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, empty_catalog: str) -> Iterator[str]:
    """A fresh catalogue on PostgreSQL."""
    name = postgres_server.create_database(empty_catalog)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def session_database_url(request: pytest.FixtureRequest) -> str | None:
    """As ``database_url``, for one library that all tests of a session read."""
    return _of_many(request)


@pytest.fixture(scope="module")
def module_database_url(request: pytest.FixtureRequest) -> str | None:
    """As ``database_url``, for one library that tests of a module read."""
    return _of_many(request)


def _of_many(request: pytest.FixtureRequest) -> str | None:
    if DEFAULT == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url(server.create_database())


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str | None:
    """What ``settings`` and ``catalog`` use: None, SQLite, unless a mark says otherwise.

    ``FOUNDSOUND_TEST_DATABASE=postgresql`` takes PostgreSQL for all that have no mark.
    """
    if getattr(request, "param", DEFAULT) == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def qdrant_server() -> Iterator[QdrantProcess]:
    """The stand-in for a Qdrant server, which tests share under prefixes of their own."""
    process = QdrantProcess()
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def catalog(tmp_path: Path, database_url: str | None, empty_sqlite: Path) -> Iterator[Catalog]:
    """A fresh catalogue."""
    if database_url is None:
        shutil.copy(empty_sqlite, tmp_path)
    opened = Catalog(tmp_path, database_url)
    yield opened
    opened.close()
