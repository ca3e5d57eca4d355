"""The files of a root as the catalogue has them, in the order of their paths."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location
from foundsound.catalog.scope import INDEXED_BYTES

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
    """The files that the catalogue has in a stretch of paths, a page at a time.

    Args:
        start: the first path, inclusive.
        end: the first path beyond; None = to the root's end.
    """

    def __init__(
        self, catalog: Catalog, root_id: int, start: bytes = b"", end: bytes | None = None
    ) -> None:
        self._catalog = catalog
        self._root_id = root_id
        self._end = end
        self._rows = self._from(start)
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
        beyond = Location.raw_path >= start
        while True:
            # A page is a transaction of its own: none is held open while the disk is looked at.
            with self._catalog.read() as session:
                query = _stretch(session, self._root_id, start, self._end).where(beyond)
                page = [KnownFile._make(row) for row in session.execute(query)]
            yield from page
            if len(page) < PAGE:
                return
            start = page[-1].raw_path
            beyond = Location.raw_path > start


def _stretch(
    session: Session, root_id: int, start: bytes, end: bytes | None
) -> Select[*tuple[Any, ...]]:
    query = (
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
        .limit(PAGE)
    )
    if end is not None:
        query = query.where(Location.raw_path < end)
    if session.get_bind().dialect.name == "sqlite":
        return query.order_by(Location.raw_path)
    # PostgreSQL's index has the first bytes of a path: it sorts those that share them.
    first_bytes = func.substr(Location.raw_path, 1, INDEXED_BYTES)
    if end is not None:
        query = query.where(first_bytes <= end[:INDEXED_BYTES])
    query = query.where(first_bytes >= start[:INDEXED_BYTES])
    return query.order_by(first_bytes, Location.raw_path)
