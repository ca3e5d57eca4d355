"""Files that are one and the same: recognised by device and inode, without being read.

A renamed file keeps its device, inode, size and time; so does another name of it (a hard link). An
inode is given away again when its file is deleted, and then size and time tell the two apart. Times
of whole seconds (FAT, archives, old copies) are no proof of that: there, the name must be the same
as well, and a file that was renamed is read to find out.
"""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.locations import SeenFile
from foundsound.catalog.models import Location, Priority, Root, Work
from foundsound.catalog.paths import named_cat_id, path_key
from foundsound.catalog.queue import database_now
from foundsound.catalog.words import mark_words_stale

WHOLE_SECOND = 10**9


class Twin(NamedTuple):
    """A location at which the same file lies, or lay."""

    id: int
    root_id: int
    path: bytes  # absolute
    raw_path: bytes
    sound_id: str | None
    work: Work
    error: str | None
    root_offline: bool

    @property
    def known(self) -> bool:
        """True when its content was looked at to the end."""
        return self.work in (Work.SETTLED, Work.FAILED)


def find_twins(session: Session, files: Sequence[SeenFile]) -> Mapping[bytes, list[Twin]]:
    """The locations of the same file, by the path of each; at most 1000 files at a time."""
    wanted = {
        (file.device, file.inode, file.size, file.mtime_ns): file
        for file in files
        if file.inode is not None
    }
    rows = session.execute(
        select(
            Location.device,
            Location.inode,
            Location.size,
            Location.mtime_ns,
            Location.id,
            Location.root_id,
            Root.path,
            Location.raw_path,
            Location.sound_id,
            Location.work,
            Location.error,
            Root.offline_since.is_not(None),
        )
        .join(Root, Root.id == Location.root_id)
        .where(Location.inode.in_({file.inode for file in wanted.values()}))
        .order_by(Location.id)
    )
    twins: dict[tuple[object, ...], list[Twin]] = defaultdict(list)
    for device, inode, size, mtime_ns, id_, root_id, root, raw, *rest in rows:
        key = (device, inode, size, mtime_ns)
        if key in wanted:
            twins[key].append(Twin(id_, root_id, os.path.join(root, raw), raw, *rest))
    found = {}
    for file in files:
        same = twins.get((file.device, file.inode, file.size, file.mtime_ns), [])
        found[file.raw_path] = [twin for twin in same if _is_proof(file, twin)]
    return found


def other_names(
    session: Session, files: Sequence[tuple[int, SeenFile]]
) -> list[tuple[int, bytes, bytes]]:
    """Locations at which other names of these files lay when they were last looked at.

    Args:
        files: with the ids of their own locations, which are left out.

    Returns:
        Of each its id, its root's path, and its path relative to that.
    """
    inodes = {(file.device, file.inode) for _, file in files if file.names > 1}
    if not inodes:
        return []
    rows = session.execute(
        select(Location.id, Root.path, Location.raw_path, Location.device, Location.inode)
        .join(Root, Root.id == Location.root_id)
        .where(
            Location.inode.in_({inode for _, inode in inodes}),
            Location.id.not_in([id_ for id_, _ in files]),
            Location.missing_since.is_(None),
            Root.offline_since.is_(None),
        )
    )
    return [(id_, root, raw) for id_, root, raw, *file in rows if tuple(file) in inodes]


def move(session: Session, moves: Sequence[tuple[Twin, bytes]], root_id: int) -> None:
    """The files lie elsewhere now, at these paths; those that another scan has moved stay there.

    A worker that has one in hand knows its old path alone, and loses its claim.

    Raises:
        IntegrityError: one of the paths is in the catalogue already.
    """
    if not moves:
        return
    leased = Location.work == Work.LEASED
    statement = (
        update(Location)
        .where(
            Location.id == bindparam("of"),
            Location.root_id == bindparam("from_root"),
            Location.raw_path == bindparam("from_path"),
        )
        .values(
            root_id=root_id,
            raw_path=bindparam("to_path"),
            path=bindparam("to_key"),
            cat_id=bindparam("to_cat_id"),
            missing_since=None,
            work=case((leased, Work.PENDING), else_=Location.work),
            due_at=case((leased, database_now(session)), else_=Location.due_at),
            lease_owner=None,
        )
    )
    rows = [
        {
            "of": twin.id,
            "from_root": twin.root_id,
            "from_path": twin.raw_path,
            "to_path": raw_path,
            "to_key": path_key(raw_path),
            "to_cat_id": named_cat_id(raw_path),
        }
        for twin, raw_path in moves
    ]
    session.connection().execute(statement, rows)
    mark_words_stale(session, {twin.sound_id for twin, _ in moves if twin.sound_id is not None})


def take_content(session: Session, location_ids: Sequence[tuple[int, Twin]]) -> None:
    """What is known of a file holds for these locations of it, too."""
    rows = [
        {
            "id": id_,
            "sound_id": twin.sound_id,
            "formerly": None,
            "work": twin.work,
            "error": twin.error,
            "work_space": 0,
            "priority": Priority.BACKGROUND,
            "attempts": 0,
            "due_at": None,
            "lease_owner": None,
        }
        for id_, twin in location_ids
    ]
    if rows:
        session.execute(update(Location), rows)
        known = {twin.sound_id for _, twin in location_ids if twin.sound_id is not None}
        mark_words_stale(session, known)


def _is_proof(file: SeenFile, twin: Twin) -> bool:
    if file.mtime_ns % WHOLE_SECOND:
        return True
    return os.path.basename(file.raw_path) == os.path.basename(twin.raw_path)
