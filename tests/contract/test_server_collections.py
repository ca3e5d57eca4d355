"""How collections are laid out on a server, and what it is asked: only a server tells.

The stand-in tells what was asked for; ``FOUNDSOUND_TEST_QDRANT_URL`` adds what a real one made of
it.
"""

import uuid
from collections.abc import Iterator

import pytest
from qdrant_client import QdrantClient, models

from foundsound.errors import Unavailable
from foundsound.vectors import server
from foundsound.vectors.connect import connect
from foundsound.vectors.index import WindowPoint
from foundsound.vectors.placement import Placement
from foundsound.vectors.server_store import ServerStore
from tests.contract.stores import SERVER_KEY, SERVER_URL
from tests.contract.test_vector_index import points, random_vectors
from tests.qdrant_process import QdrantProcess

DIM = 64


@pytest.fixture(params=["http", *(["server"] if SERVER_URL else [])])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "server":
        assert SERVER_URL is not None
        return SERVER_URL
    stand_in: QdrantProcess = request.getfixturevalue("qdrant_server")
    return stand_in.url


@pytest.fixture
def client(url: str) -> Iterator[QdrantClient]:
    opened = QdrantClient(url=url, api_key=SERVER_KEY, check_compatibility=False)
    yield opened
    opened.close()


@pytest.fixture
def store(url: str, client: QdrantClient) -> Iterator[ServerStore]:
    """With a placement that one node can have."""
    prefix = f"foundsound-test-{uuid.uuid4()}"
    opened = connect(url, SERVER_KEY, 10.0, prefix, placement=Placement(shards=3))
    yield opened
    opened.close()
    for collection in client.get_collections().collections:
        if collection.name.startswith(prefix):
            client.delete_collection(collection.name)


def made(client: QdrantClient, store: ServerStore, key: str) -> models.CollectionInfo:
    """The collection of a space, by way of the alias."""
    store.serve(key)
    (alias,) = (a for a in client.get_aliases().aliases if a.collection_name.endswith(f"--{key}"))
    return client.get_collection(alias.alias_name)


def test_codes_lie_in_memory_and_originals_on_disk(
    client: QdrantClient, store: ServerStore
) -> None:
    store.open("k", DIM)
    found = made(client, store, "k")
    vectors, quantised = found.config.params.vectors, found.config.quantization_config
    assert isinstance(vectors, dict)
    assert vectors[server.VECTOR].on_disk
    assert found.config.params.on_disk_payload
    assert isinstance(quantised, models.ScalarQuantization)
    assert quantised.scalar.type == models.ScalarType.INT8
    assert quantised.scalar.always_ram
    assert quantised.scalar.quantile is None
    assert found.payload_schema["sound_id"].data_type == models.PayloadSchemaType.KEYWORD


def test_codes_whose_range_was_cut_off_are_made_anew(
    client: QdrantClient, store: ServerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    int8 = models.ScalarType.INT8
    before = models.ScalarQuantizationConfig(type=int8, quantile=0.99, always_ram=True)

    def quantile() -> float | None:
        codes = made(client, store, "k").config.quantization_config
        assert isinstance(codes, models.ScalarQuantization)
        assert (codes.scalar.type, codes.scalar.always_ram) == (int8, True)
        return codes.scalar.quantile

    with monkeypatch.context() as earlier:
        earlier.setattr(server, "CODES", models.ScalarQuantization(scalar=before))
        index = store.open("k", DIM)
    assert quantile() == 0.99
    index.optimize()
    assert quantile() is None


def test_a_collection_is_placed_as_asked(client: QdrantClient, store: ServerStore) -> None:
    store.open("k", DIM)
    store.open_words("words")
    for key in ("k", "words"):
        params = made(client, store, key).config.params
        assert params.shard_number == 3
        assert (params.replication_factor, params.write_consistency_factor) == (1, 1)


def test_the_graph_is_built_once_a_load_of_some_size_has_ended(
    client: QdrantClient, store: ServerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "GRAPH_FROM", 100)
    index, beside = store.open("k", DIM), store.open("k", DIM)

    def links() -> int:
        return made(client, store, "k").config.hnsw_config.m

    index.upsert(points(33, 3))
    index.optimize()
    assert links() == 0  # so few are compared one by one
    index.upsert(points(60, 3))
    assert links() == 0
    for opened in (index, beside, index):
        opened.optimize()
        assert links() == server.LINKS
    assert store.open("k", DIM).count() == 180
    assert links() == server.LINKS  # opening takes nothing back
    near = index.search(random_vectors(1)[0], 5)
    assert len(near) == 5


def test_copies_are_asked_for(qdrant_server: QdrantProcess) -> None:
    """One real node alone would refuse: only the stand-in can be asked."""
    placement = Placement(replicas=3, write_consistency=2)
    store = connect(qdrant_server.url, None, 10.0, f"copies-{uuid.uuid4()}", placement=placement)
    store.open("k", DIM)
    store.open_words("words")
    store.set_mark("a" * 32)
    told = QdrantClient(url=qdrant_server.url, check_compatibility=False)
    names = [c.name for c in told.get_collections().collections if c.name.startswith("copies-")]
    assert len(names) == 3
    for name in names:
        params = told.get_collection(name).config.params
        assert (params.replication_factor, params.write_consistency_factor) == (3, 2)
        told.delete_collection(name)
    told.close()
    store.close()


def test_writes_wait_in_batches_and_searches_are_scored_anew(
    qdrant_server: QdrantProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = connect(qdrant_server.url, None, 10.0, f"asked-{uuid.uuid4()}")
    index = store.open("k", DIM)
    monkeypatch.setattr(server, "MOST_NUMBERS", 7 * DIM)
    vectors = random_vectors(10)
    index.upsert([WindowPoint("s", n, 0.0, 1.0, vector) for n, vector in enumerate(vectors)])
    assert index.count() == 10
    assert qdrant_server.asked()["upsert"] == {"wait": True, "points": 3}  # 7, then 3
    index.search(vectors[0], 5)
    scored = qdrant_server.asked()["query"]["quantization"]
    assert scored["rescore"]
    assert scored["oversampling"] == 41.0  # 200 besides the five
    store.drop("k")
    store.close()


def test_a_count_of_many_may_take_longer_than_a_query(qdrant_server: QdrantProcess) -> None:
    store = connect(qdrant_server.url, SERVER_KEY, 5.0, f"foundsound-test-{uuid.uuid4()}")
    index = store.open("k", DIM)
    index.upsert(points(1, 2))
    qdrant_server.fail(stall_s=6.0)
    try:
        assert index.count() == 2
        with pytest.raises(Unavailable):
            index.sample(1)
    finally:
        qdrant_server.fail()
        store.drop("k")
        store.close()
