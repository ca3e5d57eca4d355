"""The files of a root as the catalogue has them, in the order of their paths."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location

PAGE = 2000  # rows read at once


class KnownFile(NamedTuple):
    """What the catalogue remembers of a file."""

    raw_path: bytes
    id: int
    size: int
    mtime_ns: int
    device: int | None
    inode: int | None
    missing: bool


class KnownFiles:
    """The files that the catalogue has in a stretch of paths, in order, a page at a time.

    Args:
        start: the first path, inclusive.
        end: the first path beyond; None = to the root's end.
    """

    def __init__(
        self, catalog: Catalog, root_id: int, start: bytes = b"", end: bytes | None = None
    ) -> None:
        self._catalog = catalog
        self._query = (
            select(
                Location.raw_path,
                Location.id,
                Location.size,
                Location.mtime_ns,
                Location.device,
                Location.inode,
                Location.missing_since.is_not(None),
            )
            .where(Location.root_id == root_id)
            .order_by(Location.raw_path)
            .limit(PAGE)
        )
        if end is not None:
            self._query = self._query.where(Location.raw_path < end)
        self._rows: Iterator[KnownFile] = self._from(start)
        self._next = next(self._rows, None)

    @property
    def next(self) -> KnownFile | None:
        """The file that :meth:`take` returns; None at the end."""
        return self._next

    def take(self) -> KnownFile:
        """The next file."""
        assert self._next is not None
        taken, self._next = self._next, next(self._rows, None)
        return taken

    def skip_to(self, raw_path: bytes) -> None:
        """Go on with the first file at or after this path."""
        if self._next is not None and self._next.raw_path < raw_path:
            self._rows = self._from(raw_path)
            self._next = next(self._rows, None)

    def _from(self, start: bytes) -> Iterator[KnownFile]:
        query = self._query.where(Location.raw_path >= start)
        while True:
            # A page is a transaction of its own: none is held open while the disk is looked at.
            with self._catalog.read() as session:
                page = [KnownFile._make(row) for row in session.execute(query)]
            yield from page
            if len(page) < PAGE:
                return
            query = self._query.where(Location.raw_path > page[-1].raw_path)
