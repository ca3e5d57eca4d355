"""Opens each backend's store.

``local`` is qdrant-client's own mode without a server, ``http`` the same behind real HTTP, see
``qdrant_stand_in.py``; ``FOUNDSOUND_TEST_QDRANT_URL`` adds a real server.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from foundsound.vectors.connect import connect
from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.qdrant_calls import QdrantCalls
from foundsound.vectors.server_store import ServerStore
from foundsound.vectors.store import VectorStore
from tests.contract.stores import BACKENDS, SERVER_KEY, SERVER_URL, OpenStore
from tests.qdrant_process import QdrantProcess


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
            client = QdrantClient(path=str(tmp_path / "local"))
            opened.append(ServerStore(client, prefix, QdrantCalls(one_at_a_time=True)))
        else:
            opened.append(connect(_url(request), SERVER_KEY, 10.0, prefix))
        return opened[-1]

    yield open_it
    while opened:
        opened.pop().close()
    if request.param in ("http", "server"):
        _clean(_url(request), prefix)


def _url(request: pytest.FixtureRequest) -> str:
    if request.param == "server":
        assert SERVER_URL is not None
        return SERVER_URL
    stand_in: QdrantProcess = request.getfixturevalue("qdrant_server")
    return stand_in.url


def _clean(url: str, prefix: str) -> None:
    client = QdrantClient(url=url, api_key=SERVER_KEY, check_compatibility=False)
    for collection in client.get_collections().collections:
        if collection.name.startswith(prefix):
            client.delete_collection(collection.name)
    client.close()
