"""Opens each backend's store. ``FOUNDSOUND_TEST_QDRANT_URL`` adds a real server."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.server_store import ServerStore
from foundsound.vectors.store import VectorStore
from tests.contract.stores import BACKENDS, SERVER_URL, OpenStore


@pytest.fixture(params=BACKENDS)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the same store again, after closing it if it was open."""
    prefix = f"foundsound-test-{uuid.uuid4()}"
    opened: list[VectorStore] = []

    def open_it() -> VectorStore:
        while opened:
            opened.pop().close()
        if request.param == "edge":
            opened.append(EdgeStore(tmp_path / "edge"))
        elif request.param == "local":
            opened.append(ServerStore(QdrantClient(path=str(tmp_path / "local")), prefix))
        else:
            opened.append(ServerStore(QdrantClient(url=SERVER_URL), prefix))
        return opened[-1]

    yield open_it
    while opened:
        opened.pop().close()
    if request.param == "server":
        _clean(prefix)


def _clean(prefix: str) -> None:
    client = QdrantClient(url=SERVER_URL)
    for collection in client.get_collections().collections:
        if collection.name.startswith(prefix):
            client.delete_collection(collection.name)
    client.close()
