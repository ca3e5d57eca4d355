"""Spaces on a Qdrant server: a collection each, and an alias on the one that serves."""

from qdrant_client import QdrantClient, models

from foundsound.vectors.placement import Placement
from foundsound.vectors.qdrant_calls import QdrantCalls
from foundsound.vectors.server import ServerIndex
from foundsound.vectors.server_lexical import ServerLexicalIndex
from foundsound.vectors.store import check_space, space_name

SPACE, MARK = "space", "mark"  # in a collection's metadata


class ServerStore:
    """A VectorStore on ``client``; collections are called ``<prefix>--<space>``.

    Any number of processes may have the same one open.

    Args:
        client: closed with the store.
        prefix: tells libraries on one server apart; also the alias's name.
        calls: runs the client's calls.
        placement: of the collections that are made.
    """

    def __init__(
        self,
        client: QdrantClient,
        prefix: str = "foundsound",
        calls: QdrantCalls | None = None,
        placement: Placement | None = None,
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._marked = f"{prefix}--library"
        self._calls = calls or QdrantCalls()
        self._placement = placement or Placement()

    def open(self, space_key: str, dim: int) -> ServerIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        name = self._collection(space_key)
        index = ServerIndex(self._client, name, space_key, dim, self._calls, self._placement)
        self._check(name, space_key)
        return index

    def open_words(self, key: str) -> ServerLexicalIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        name = self._collection(key)
        index = ServerLexicalIndex(self._client, name, key, self._calls, self._placement)
        self._check(name, key)
        return index

    def exists(self, space_key: str) -> bool:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        return self._calls.run(lambda: self._client.collection_exists(self._collection(space_key)))

    def serve(self, space_key: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        create = models.CreateAliasOperation(
            create_alias=models.CreateAlias(
                collection_name=self._collection(space_key), alias_name=self._prefix
            )
        )
        delete = models.DeleteAliasOperation(
            delete_alias=models.DeleteAlias(alias_name=self._prefix)
        )

        def move() -> None:
            moved = self.serving() is not None
            # One request: the server changes both or none.
            self._client.update_collection_aliases([delete, create] if moved else [create])

        self._calls.run(move)

    def serving(self) -> str | None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        aliases = self._calls.run(lambda: self._client.get_aliases().aliases)
        for alias in aliases:
            if alias.alias_name == self._prefix:
                return alias.collection_name.removeprefix(self._collection(""))
        return None

    def mark(self) -> str | None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""

        def read() -> object:
            if not self._client.collection_exists(self._marked):
                return None
            metadata = self._client.get_collection(self._marked).config.metadata
            return (metadata or {}).get(MARK)

        found = self._calls.run(read)
        return None if found is None else str(found)

    def set_mark(self, mark: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""

        def write() -> None:
            if self._client.collection_exists(self._marked):
                self._client.delete_collection(self._marked)
            # No point will ever lie in it: metadata needs a collection.
            self._client.create_collection(
                self._marked,
                vectors_config={},
                metadata={MARK: mark},
                shard_number=1,
                replication_factor=self._placement.replicas,
                write_consistency_factor=self._placement.write_consistency,
            )

        self._calls.run(write)

    def drop(self, space_key: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        if self.exists(space_key):
            self._calls.run(lambda: self._client.delete_collection(self._collection(space_key)))

    def close(self) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        self._calls.run(self._client.close)

    def _check(self, name: str, key: str) -> None:
        found = self._calls.run(lambda: self._client.get_collection(name).config.metadata)
        check_space((found or {}).get(SPACE), key, f"the collection {name}")

    def _collection(self, space_key: str) -> str:
        return f"{self._prefix}--{space_name(space_key) if space_key else ''}"
