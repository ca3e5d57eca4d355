"""Walks a folder tree for audio files, by names and stats only; no file is opened.

The walk is in the order of paths as bytes, which is the order of the catalogue's index: so the two
are compared side by side, with no more in memory than the folders that lead to the present file.
"""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.locations import SeenFile, seen_file
from foundsound.catalog.paths import contains
from foundsound.catalog.stats import Problem
from foundsound.ignore_rules import IgnoreRules

FileId = tuple[int, int]  # device, inode
Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A folder, relative to the root, that is not looked into here: nothing below it is gone."""

    raw_path: bytes


class Walk:
    """A walk over one root, or a part of it.

    Linked folders are followed, but after the real ones (:meth:`linked`), so that a file is met
    under its real path first; no folder is walked twice.

    Args:
        root: absolute; paths are relative to it.
        rules: what is left alone.
        report: told of what cannot be read, which is skipped.
        closed: folders below the root, relative to it, that are not looked into.
    """

    def __init__(
        self, root: bytes, rules: IgnoreRules, report: Report, closed: frozenset[bytes]
    ) -> None:
        self._prefix = os.path.join(root, b"")
        self._real_root = os.path.realpath(root)
        self._rules = rules
        self._report = report
        self._closed = closed
        self._links: deque[bytes] = deque()
        self._walked: set[FileId] = set()  # of linked folders

    def below(self, folder: bytes) -> Iterator[SeenFile | Unseen]:
        """Everything in a folder (relative to the root, ``b""`` for all of it), in order."""
        return self._folder(folder + b"/" if folder else b"", follow=False)

    def linked(self) -> Iterator[tuple[bytes, Iterator[SeenFile | Unseen]]]:
        """The linked folders that were met, each with what is in it, to be taken in turn."""
        while self._links:
            link = self._links.popleft()
            real = os.path.realpath(self._prefix + link)
            if contains(self._real_root, real):
                inside = os.path.relpath(real, self._real_root)
                if not self._rules.ignores_below(inside):
                    continue  # what is in it is met under its real path
            yield link, self._folder(link + b"/", follow=True)

    def meet_link(self, raw: bytes) -> None:
        """Have a linked folder walked by :meth:`linked`, unless it leads to one above it."""
        try:
            status = os.stat(self._prefix + raw)
            loops = (status.st_dev, status.st_ino) in self._ids_above(raw)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = f"The folder cannot be read: {error.strerror}."
            self._report(Problem(self._prefix + raw, reason))
            return
        if loops:
            reason = "This link leads back to a folder above it; it is not followed."
            self._report(Problem(self._prefix + raw, reason))
        else:
            self._links.append(raw)

    def _folder(self, prefix: bytes, *, follow: bool) -> Iterator[SeenFile | Unseen]:
        # A stack of our own: trees may be deeper than Python's calls.
        open_folders: list[tuple[bytes, Iterator[tuple[bytes, bool]]]] = []
        entering: bytes | None = prefix
        while entering is not None or open_folders:
            if entering is not None:
                entries = self._enter(entering, follow=follow)
                if entries is None:
                    yield Unseen(entering[:-1])
                else:
                    open_folders.append((entering, entries))
                entering = None
                continue
            prefix, entries = open_folders[-1]
            for key, linked in entries:
                raw = prefix + key
                if not key.endswith(b"/"):
                    seen = self._file(raw)
                    if seen is not None:
                        yield seen
                elif linked or raw[:-1] in self._closed:
                    yield Unseen(raw[:-1])
                    if raw[:-1] not in self._closed:
                        self.meet_link(raw[:-1])
                else:
                    entering = raw
                    break
            else:
                open_folders.pop()

    def _enter(self, prefix: bytes, *, follow: bool) -> Iterator[tuple[bytes, bool]] | None:
        try:
            if follow and not self._is_new(prefix):
                return iter(())
            return iter(self._entries(prefix))
        except OSError as error:
            reason = f"The folder cannot be read: {error.strerror}."
            self._report(Problem(self._folder_path(prefix), reason))
            return None

    def _folder_path(self, prefix: bytes) -> bytes:
        return (self._prefix + prefix)[:-1] or b"/"

    def _is_new(self, prefix: bytes) -> bool:
        status = os.stat(self._prefix + prefix)
        id_ = (status.st_dev, status.st_ino)
        if id_ in self._walked or id_ in self._ids_above(prefix[:-1]):
            return False
        self._walked.add(id_)
        return True

    def _entries(self, prefix: bytes) -> list[tuple[bytes, bool]]:
        """What is in a folder, in order: names, of folders with a "/" and whether it is a link."""
        found = []
        ignores = self._rules.ignores
        with os.scandir(self._folder_path(prefix)) as entries:
            for entry in entries:
                name = entry.name
                if _is_folder(entry):
                    if not ignores(prefix + name, folder=True):
                        found.append((name + b"/", entry.is_symlink()))
                elif is_audio_name(os.fsdecode(name)):
                    if not ignores(prefix + name):
                        found.append((name, False))
                elif entry.is_symlink() and not os.path.exists(entry.path):
                    found.append((name + b"/", True))  # perhaps to a folder on a drive that is off
        found.sort()
        return found

    def _file(self, raw: bytes) -> SeenFile | None:
        path = self._prefix + raw
        try:
            status = os.stat(path)
        except OSError as error:
            self._report(Problem(path, f"The file cannot be reached: {error.strerror}."))
            return None
        if not stat.S_ISREG(status.st_mode):
            self._report(Problem(path, "This is not a regular file."))
            return None
        return seen_file(raw, status)

    def _ids_above(self, raw: bytes) -> set[FileId]:
        """The folders that a path leads through, from the root on."""
        ids = set()
        end = 0
        while end >= 0:
            status = os.stat(self._prefix + raw[:end])
            ids.add((status.st_dev, status.st_ino))
            end = raw.find(b"/", end + 1)
        return ids


def files_below(root: bytes, rules: IgnoreRules, report: Report) -> Iterator[SeenFile]:
    """Every audio file below a folder (absolute), linked folders last; see :class:`Walk`."""
    walk = Walk(root, rules, report, frozenset())
    for found in chain([walk.below(b"")], (found for _, found in walk.linked())):
        yield from (seen for seen in found if isinstance(seen, SeenFile))


def _is_folder(entry: "os.DirEntry[bytes]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere we may look
        return False
