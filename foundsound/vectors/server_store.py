"""Spaces on a Qdrant server: a collection each, and an alias on the one that serves."""

import threading

from qdrant_client import QdrantClient, models

from foundsound.vectors.server import ServerIndex, guarded
from foundsound.vectors.server_lexical import ServerLexicalIndex
from foundsound.vectors.store import check_space, space_name

SPACE = "space"  # in a collection's metadata


class ServerStore:
    """A VectorStore on ``client``; collections are called ``<prefix>--<space>``.

    Args:
        client: closed with the store. Local mode corrupts itself when threads write at once, so
            every call goes through one lock; a server would not need it, and one lock a process
            costs it little beside the network.
        prefix: tells libraries on one server apart; also the alias's name.
    """

    def __init__(self, client: QdrantClient, prefix: str = "foundsound") -> None:
        self._client = client
        self._prefix = prefix
        self._lock = threading.Lock()

    def open(self, space_key: str, dim: int) -> ServerIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        name = self._collection(space_key)
        index = ServerIndex(self._client, name, space_key, dim, self._lock)
        self._check(name, space_key)
        return index

    def open_words(self, key: str) -> ServerLexicalIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        name = self._collection(key)
        index = ServerLexicalIndex(self._client, name, key, self._lock)
        self._check(name, key)
        return index

    def exists(self, space_key: str) -> bool:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        with guarded(self._lock):
            return self._client.collection_exists(self._collection(space_key))

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
        moved = self.serving() is not None
        with guarded(self._lock):
            # One request: the server changes both or none.
            self._client.update_collection_aliases([delete, create] if moved else [create])

    def serving(self) -> str | None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        with guarded(self._lock):
            aliases = self._client.get_aliases().aliases
        for alias in aliases:
            if alias.alias_name == self._prefix:
                return alias.collection_name.removeprefix(self._collection(""))
        return None

    def drop(self, space_key: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        if self.exists(space_key):
            with guarded(self._lock):
                self._client.delete_collection(self._collection(space_key))

    def close(self) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        with guarded(self._lock):
            self._client.close()

    def _check(self, name: str, key: str) -> None:
        with guarded(self._lock):
            found = self._client.get_collection(name).config.metadata or {}
        check_space(found.get(SPACE), key, f"the collection {name}")

    def _collection(self, space_key: str) -> str:
        return f"{self._prefix}--{space_name(space_key) if space_key else ''}"
