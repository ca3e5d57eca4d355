"""Files in a queue, with a clock of the test's own."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, add_files
from foundsound.catalog.models import Location, Priority, Root
from foundsound.catalog.queue import claim, put_off
from foundsound.catalog.scope import Scope
from foundsound.catalog.spaces import ensure_space

T0 = datetime(2026, 1, 1, tzinfo=UTC)
LEASE_S = 60.0


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


class Files:
    """A catalogue of one root, ``/r``, whose files are called ``a0``, ``a1`` and so on."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        with catalog.write() as session:
            root = Root(path=b"/r")
            session.add(root)
            session.flush()
            self.root_id = root.id
            self.space_id = ensure_space(session, "k", "toy", 8).id
            self.other_id = ensure_space(session, "k2", "other", 8).id

    def add(self, *names: str, priority: Priority = Priority.NEW, due_s: float = 0.0) -> list[int]:
        with self.catalog.write() as session:
            files = [SeenFile(name.encode(), 10, 1) for name in names]
            ids = add_files(session, self.root_id, files)
            session.execute(
                update(Location)
                .where(Location.id.in_(ids))
                .values(priority=priority, due_at=at(due_s))
            )
        return ids

    def claim(
        self,
        worker: str = "w",
        limit: int = 10,
        now_s: float = 0.0,
        space_id: int | None = None,
        scopes: tuple[Scope, ...] = (),
    ) -> list[int]:
        space = space_id or self.space_id
        with self.catalog.write() as session:
            got = claim(session, worker, space, limit, LEASE_S, at(now_s), scopes)
        return [file.location_id for file in got]

    def row(self, location_id: int) -> Location:
        with self.catalog.read() as session:
            row = session.get_one(Location, location_id)
            session.expunge(row)
        return row

    def put_off(self, location_id: int, now_s: float, last: int | None = None) -> bool:
        with self.catalog.write() as session:
            return put_off(session, "w", location_id, "It hangs.", at(now_s), last, lambda: 1.0)
