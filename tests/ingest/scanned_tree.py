"""A root of tiny files that tests scan."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, update

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile
from foundsound.catalog.models import Location, Root, Sound, Work
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from ingest.findings import Found
from ingest.scan import Scan, hold_nothing, scan_parts, scan_root

MANY = [f"{folder}/{number:03}.wav" for folder in "abc" for number in range(20)]


class Tree:
    """A folder of tiny files and the root that it is."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder
        self.catalog = catalog
        folder.mkdir()
        with catalog.write() as session:
            self.id = root_for(session, os.fsencode(folder)).id

    def write(self, *names: str) -> None:
        for name in names:
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(name.encode())

    def scan(
        self, *parts: str, hold: Callable[[SeenFile], bool] = hold_nothing, share: float = 0.5
    ) -> Found:
        with self.catalog.read() as session:
            root = root_settings(session, self.id)
        assert root is not None
        scan = Scan(self.catalog, root, share, hold=hold)
        return scan_parts(scan, [os.fsencode(part) for part in parts]) if parts else scan_root(scan)

    def settle(self) -> None:
        """As if everything was embedded."""
        with self.catalog.write() as session:
            for location in session.scalars(select(Location)):
                if session.get(Sound, location.path[-32:].rjust(32)) is None:
                    session.add(Sound(id=location.path[-32:].rjust(32), size=1))
                    session.flush()
                location.sound_id = location.path[-32:].rjust(32)
                location.work, location.due_at = Work.SETTLED, None

    def there(self) -> set[str]:
        """Paths that are no tombstones."""
        with self.catalog.read() as session:
            there = select(Location.path).where(Location.missing_since.is_(None))
            return set(session.scalars(there))

    def open_work(self) -> set[str]:
        with self.catalog.read() as session:
            waiting = select(Location.path).where(Location.work == Work.PENDING)
            return set(session.scalars(waiting))

    def change(self, **values: object) -> None:
        with self.catalog.write() as session:
            session.execute(update(Root).where(Root.id == self.id).values(**values))

    def root(self) -> Root:
        with self.catalog.read() as session:
            root = session.get_one(Root, self.id)
            session.expunge(root)
            return root
