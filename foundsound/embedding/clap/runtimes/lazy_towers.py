"""Towers that load when they are first asked: a search in words never loads the one that hears."""

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar

from foundsound.embedding.clap.towers import AudioTower, Ids, Mel, TextTower
from foundsound.embedding.embedder import Floats

Tower = TypeVar("Tower", bound=AudioTower | TextTower)


class _Lazy(Generic[Tower]):
    """Loads once, whichever thread comes first; a load that failed is tried again."""

    def __init__(self, load: Callable[[], Tower]) -> None:
        self._load = load
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Of the tower that was chosen."""
        return self._loaded().name

    def _loaded(self) -> Tower:
        with self._loading:
            return self._tower

    @cached_property
    def _tower(self) -> Tower:
        return self._load()


class LazyAudioTower(_Lazy[AudioTower]):
    """See :class:`~foundsound.embedding.clap.towers.AudioTower`."""

    def embed(self, mel: Mel) -> Floats:
        """See :class:`~foundsound.embedding.clap.towers.AudioTower`."""
        return self._loaded().embed(mel)


class LazyTextTower(_Lazy[TextTower]):
    """See :class:`~foundsound.embedding.clap.towers.TextTower`."""

    def embed(self, ids: Ids, mask: Ids) -> Floats:
        """See :class:`~foundsound.embedding.clap.towers.TextTower`."""
        return self._loaded().embed(ids, mask)
