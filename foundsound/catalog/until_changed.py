"""What was read of the catalogue, remembered until anything in it changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

from foundsound.catalog.database import Catalog

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class UntilChanged(Generic[T]):
    """Bounded; forgets what was not used longest. Thread-safe.

    Args:
        most: that all values may weigh together; a heavier one is not remembered.
        weigh: a value's weight.
    """

    def __init__(
        self, catalog: Catalog, most: int, weigh: Callable[[T], int] = lambda _: 1
    ) -> None:
        self._catalog = catalog
        self._most = most
        self._weigh = weigh
        self._lock = threading.Lock()
        self._version: object = None
        self._held = 0
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """What ``read`` returned for the key last, if that still holds, or what it returns now."""
        version = self._catalog.version()
        with self._lock:
            if version == self._version and key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = read()
        # A value read while somebody wrote may be older or newer than either version.
        if self._catalog.version() == version:
            with self._lock:
                self._keep(version, key, value)
        return value

    def get_each(self, keys: Collection[K], read: Callable[[list[K]], Mapping[K, T]]) -> dict[K, T]:
        """The same for several keys; ``read`` is given those that are not known, once.

        What it leaves out is left out here too, and asked for again the next time. Where asking for
        the version costs what reading does, nothing is remembered.
        """
        if not self._catalog.version_is_cheap:
            return dict(read(list(keys)))
        version = self._catalog.version()
        found: dict[K, T] = {}
        with self._lock:
            if version == self._version:
                for key in keys:
                    if key in self._values:
                        self._values.move_to_end(key)
                        found[key] = self._values[key]
        unknown = [key for key in keys if key not in found]
        if not unknown:
            return found
        new = read(unknown)
        if self._catalog.version() == version:
            with self._lock:
                for key, value in new.items():
                    self._keep(version, key, value)
        return found | dict(new)

    def _keep(self, version: object, key: Hashable, value: T) -> None:
        if version != self._version:
            self._values.clear()
            self._version, self._held = version, 0
        before = self._values.pop(key, None)
        self._held += self._weigh(value) - (0 if before is None else self._weigh(before))
        self._values[key] = value
        while self._held > self._most:
            _, forgotten = self._values.popitem(last=False)
            self._held -= self._weigh(forgotten)
