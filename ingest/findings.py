"""What a scan finds, written down in batches."""

import os
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from foundsound.catalog.database import Catalog
from foundsound.catalog.known_files import KnownFile
from foundsound.catalog.locations import (
    Queued,
    SeenFile,
    add_files,
    mark_changed,
    mark_found,
    refresh_identities,
    seen_file,
)
from foundsound.catalog.paths import contains, path_key
from foundsound.catalog.same_files import Twin, find_twins, move, other_names, take_content
from foundsound.catalog.stats import Problem
from foundsound.indexing import MAX_PROBLEMS
from ingest.presence import is_gone

BATCH = 1000  # files in one transaction

Hold = Callable[[SeenFile], bool]


@dataclass
class Found:
    """Counts of a scan."""

    new: int = 0
    changed: int = 0
    beyond: int = 0  # of these, further names of a file that lie where nobody looked
    moved: int = 0  # known files under another path, and further names of known files
    resumed: int = 0  # unchanged, but not finished by an earlier run
    queued: int = 0  # of these, for whoever is quickest
    unchanged: int = 0
    missing: int = 0
    returned: int = 0  # tombstones that are there again, unchanged
    offline: str = ""  # why the root is
    held: int = 0  # still being written: left for later
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)  # the first of them

    def add_problem(self, problem: Problem) -> None:
        """Something that could not be looked at."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)


class Findings:
    """Takes in what differs between a root and the catalogue.

    Args:
        root_path: absolute.
        hold: asked for each file that has to be read; True leaves it for later.
        stable_inodes: another inode at a path is another file.
        parts: what is looked at, relative to the root. Other names of a changed file, which are
            changed as well, are not met where they lie elsewhere; a whole root needs none of that.
        found: the counts that are kept.
    """

    def __init__(
        self,
        catalog: Catalog,
        root_id: int,
        root_path: bytes,
        queued: Queued,
        hold: Hold,
        found: Found,
        *,
        stable_inodes: bool,
        parts: Sequence[bytes],
    ) -> None:
        self._catalog = catalog
        self._root_id = root_id
        self._prefix = os.path.join(root_path, b"")
        self._queued = queued
        self._hold = hold
        self._stable = stable_inodes
        self._root_path = root_path
        self._parts = parts
        self._found = found
        self._new: list[SeenFile] = []
        self._changed: list[tuple[int, SeenFile]] = []
        self._back: list[int] = []
        self._renumbered: list[tuple[int, SeenFile]] = []
        self.gone = array("q")  # ids of files that were not met

    def take(self, seen: SeenFile | None, known: KnownFile | None) -> None:
        """A file that is there, or in the catalogue, or both."""
        if seen is None:
            assert known is not None
            if not known.missing:
                self.gone.append(known.id)
            return
        if known is None:
            self._new.append(seen)
        elif self._differs(seen, known):
            self._changed.append((known.id, seen))
        else:
            self._found.unchanged += 1
            if known.missing:
                self._back.append(known.id)
                self._found.returned += 1
            if known.device != seen.device or known.inode is None:
                self._renumbered.append((known.id, seen))
        if len(self._new) + len(self._changed) + len(self._renumbered) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write down everything so far."""
        if not (self._new or self._changed or self._back or self._renumbered):
            return
        try:
            self._write()
        except IntegrityError:  # another scan wrote down one of these places meanwhile
            self._write()
        self._new, self._changed, self._back, self._renumbered = [], [], [], []

    def _differs(self, seen: SeenFile, known: KnownFile) -> bool:
        if (seen.size, seen.mtime_ns) != (known.size, known.mtime_ns):
            return True
        same_device = known.device == seen.device and known.inode is not None
        return self._stable and same_device and known.inode != seen.inode

    def _write(self) -> None:
        files = [*self._new, *(seen for _, seen in self._changed)]
        with self._catalog.read() as session:
            twins = find_twins(session, files)
        added, copied, moved = self._sort_new(twins)
        changed, same = self._sort_changed(twins)
        beyond = self._other_names(changed)
        changed += beyond
        with self._catalog.write() as session:
            # Contents are handed on before the places they come from are written over.
            move(session, [(twin, seen.raw_path) for seen, twin in moved], self._root_id)
            ids = add_files(session, self._root_id, [seen for seen, _ in copied], self._queued)
            mark_changed(session, [(id_, seen) for id_, seen, _ in same], self._queued)
            mark_changed(session, changed, self._queued)
            contents = [(id_, twin) for id_, (_, twin) in zip(ids, copied, strict=True)]
            take_content(session, [*contents, *((id_, twin) for id_, _, twin in same)])
            add_files(session, self._root_id, added, self._queued)
            mark_found(session, self._back)
            refresh_identities(session, self._renumbered)
        self._found.new += len(added)
        self._found.changed += len(changed)
        self._found.beyond += len(beyond)
        self._found.moved += len(moved) + len(copied) + len(same)

    def _sort_new(
        self, twins: Mapping[bytes, Sequence[Twin]]
    ) -> tuple[list[SeenFile], list[tuple[SeenFile, Twin]], list[tuple[SeenFile, Twin]]]:
        added, copied, moved = [], [], []
        taken: set[int] = set()
        for seen in self._new:
            same = [twin for twin in twins[seen.raw_path] if twin.id not in taken]
            left = next((twin for twin in same if self._has_left(twin, seen)), None)
            known = next((twin for twin in twins[seen.raw_path] if twin.known), None)
            if left is not None:
                taken.add(left.id)
                moved.append((seen, left))
            elif known is not None:
                copied.append((seen, known))
            elif self._hold(seen):
                self._found.held += 1
            else:
                added.append(seen)
        return added, copied, moved

    def _sort_changed(
        self, twins: Mapping[bytes, Sequence[Twin]]
    ) -> tuple[list[tuple[int, SeenFile]], list[tuple[int, SeenFile, Twin]]]:
        changed, same = [], []
        for id_, seen in self._changed:
            known = next((t for t in twins[seen.raw_path] if t.known and t.id != id_), None)
            if known is not None:
                same.append((id_, seen, known))
            elif self._hold(seen):
                self._found.held += 1
            else:
                changed.append((id_, seen))
        return changed, same

    def _other_names(self, changed: list[tuple[int, SeenFile]]) -> list[tuple[int, SeenFile]]:
        """What a write through one name of a file did to its other names, where nobody looks."""
        if b"" in self._parts:
            return []
        with self._catalog.read() as session:
            names = other_names(session, changed)
        inodes = {(seen.device, seen.inode) for _, seen in changed}
        found = []
        for id_, root, raw_path in names:
            if root == self._root_path and any(contains(part, raw_path) for part in self._parts):
                continue
            try:
                seen = seen_file(raw_path, os.stat(os.path.join(root, raw_path)))
            except OSError:
                continue  # the next scan tells
            if (seen.device, seen.inode) in inodes:
                found.append((id_, seen))
        return found

    def _has_left(self, twin: Twin, seen: SeenFile) -> bool:
        """True when the file is at its old place no more, so that this one is where it went."""
        if twin.root_offline:
            return False
        return is_gone(twin.path) or _is_respelled(twin.path, self._prefix + seen.raw_path)


def _is_respelled(before: bytes, now: bytes) -> bool:
    """True when both paths are one name to a file system that ignores case or kinds of accents."""
    if path_key(before).casefold() != path_key(now).casefold():
        return False
    folder = os.path.dirname(before)
    try:
        return os.path.basename(before) not in os.listdir(folder)
    except OSError:
        return False
