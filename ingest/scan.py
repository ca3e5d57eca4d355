"""Walks a folder tree for audio files, by names and stats only; no file is opened."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.locations import SeenFile
from foundsound.catalog.stats import Problem

# ".": hidden files and the AppleDouble twins "._x.wav"; "~": what editors and downloads leave.
IGNORED_PREFIXES = (b".", b"~")
IGNORED_FOLDERS = frozenset({b"@eaDir", b"#recycle", b"$RECYCLE.BIN", b"__MACOSX"})
FileId = tuple[int, int]  # device, inode


@dataclass(frozen=True)
class _Folder:
    path: bytes
    id: FileId
    above: frozenset[FileId] = field(repr=False)  # the folders it lies in: meeting one is a loop


def scan_tree(root: bytes, folder: bytes, report: Callable[[Problem], None]) -> Iterator[SeenFile]:
    """Yield every audio file at or below ``folder`` (absolute), with paths relative to ``root``.

    Linked folders are followed, after the real ones, so that a file is met under its real path
    first; no folder is walked twice. What cannot be read is reported and skipped.
    """
    prefix = os.path.join(root, b"")
    status = os.stat(folder)
    top = _Folder(folder, (status.st_dev, status.st_ino), frozenset())
    real, linked = [top], list[_Folder]()
    walked: set[FileId] = set()
    while real or linked:
        here = real.pop() if real else linked.pop(0)
        if here.id in walked:
            continue
        walked.add(here.id)
        for entry in _entries(here.path, report):
            try:
                if entry.is_dir():
                    below = _below(here, entry, report)
                    if below is not None:
                        (linked if entry.is_symlink() else real).append(below)
                elif is_audio_name(os.fsdecode(entry.name)):
                    status = entry.stat()  # follows links
                    if not stat.S_ISREG(status.st_mode):
                        report(Problem(entry.path, "This is not a regular file."))
                        continue
                    yield SeenFile(entry.path[len(prefix) :], status.st_size, status.st_mtime_ns)
            except OSError as error:
                report(Problem(entry.path, f"The file cannot be reached: {error.strerror}."))


def _entries(folder: bytes, report: Callable[[Problem], None]) -> list["os.DirEntry[bytes]"]:
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(IGNORED_PREFIXES)]
    except OSError as error:
        report(Problem(folder, f"The folder cannot be read: {error.strerror}."))
        return []
    # Reversed, because folders are taken from the end: the walk goes in order of names.
    return sorted(entries, key=lambda entry: entry.name, reverse=True)


def _below(
    here: _Folder, entry: "os.DirEntry[bytes]", report: Callable[[Problem], None]
) -> _Folder | None:
    if entry.name in IGNORED_FOLDERS:
        return None
    status = entry.stat()
    id_ = (status.st_dev, status.st_ino)
    above = here.above | {here.id}
    if id_ in above:
        report(
            Problem(entry.path, "This link leads back to a folder above it; it is not followed.")
        )
        return None
    return _Folder(entry.path, id_, above)
