"""Mounts: which file system a folder lies on, and how changes in it can be found.

A remote file system tells nobody of changes that other machines make; there, looking again and
again (polling) is the only way. See inotify(7), "Limitations and caveats".
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundsound.catalog.models import WatchedBy
from foundsound.catalog.paths import contains, path_text

REMOTE = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "afs", "ceph", "lustre")
)
# What virtual machines and Docker Desktop hand in from their host.
HANDED_IN = frozenset(("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs", "overlay"))
# What sticks and camera cards have. They come and go, and some of their drivers tell nothing.
REMOVABLE = frozenset(("vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus", "udf"))
# A file keeps its number as long as it exists, also over a restart.
STABLE_INODES = frozenset(("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "apfs", "tmpfs"))

MOUNTINFO = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system and where it is mounted."""

    point: bytes
    type: str


def mounts() -> list[Mount]:
    """Everything that is mounted now; empty where the system does not tell."""
    if sys.platform.startswith("linux"):
        try:
            return parse_mountinfo(MOUNTINFO.read_bytes())
        except OSError:
            return []
    try:
        listed = subprocess.run(["mount"], capture_output=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return parse_mount_command(listed)


def parse_mountinfo(text: bytes) -> list[Mount]:
    """The mounts in Linux's /proc/self/mountinfo, see proc_pid_mountinfo(5)."""
    found = []
    for line in text.splitlines():
        before, separator, after = line.partition(b" - ")
        fields = before.split(b" ")
        if separator and len(fields) > 4:
            point = re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), fields[4])
            found.append(Mount(point, after.split(b" ")[0].decode("ascii", "replace")))
    return found


def parse_mount_command(text: bytes) -> list[Mount]:
    """The mounts in what ``mount`` prints on macOS and BSD: ``DEVICE on POINT (TYPE, ...)``."""
    lines = re.finditer(rb"^.*? on (.+) \(([\w.]+)[,)]", text, re.MULTILINE)
    return [Mount(line[1], line[2].decode("ascii", "replace")) for line in lines]


def mount_of(folder: bytes, among: Sequence[Mount]) -> Mount | None:
    """The mount that holds a folder, links in its path followed; None when it is not known."""
    real = os.path.realpath(folder)
    # Of several mounts on one point the last one is seen, so later ones win.
    holding = [mount for mount in among if contains(mount.point, real)]
    return max(reversed(holding), key=lambda mount: len(mount.point), default=None)


def mounts_below(folder: bytes, among: Sequence[Mount]) -> list[bytes]:
    """Where other file systems are mounted inside a folder, relative to it, sorted."""
    real = os.path.realpath(folder)
    inside = {mount.point for mount in among if mount.point != real and contains(real, mount.point)}
    return sorted(os.path.relpath(point, real) for point in inside)


def choose_watch(
    folder: bytes, among: Sequence[Mount], mode: str = "auto"
) -> tuple[WatchedBy, str]:
    """How changes below a folder are found, as asked for or best; and a sentence that says why."""
    if mode == "polling":
        return "polling", "As it was asked for."
    if mode == "native":
        return "native", "As it was asked for."
    mount = mount_of(folder, among)
    if mount is None:
        return "native", "The system tells of changes."
    at = f"{path_text(mount.point)} is {mount.type}"
    if mount.type in REMOTE:
        return "polling", f"{at}, a network file system: it tells of no change made elsewhere."
    if mount.type in HANDED_IN or mount.type.startswith("fuse."):
        return "polling", f"{at}, which does not tell of every change."
    if mount.type in REMOVABLE:
        return "polling", f"{at}, as removable drives are."
    return "native", f"{at}: the system tells of changes."


def has_stable_inodes(mount: Mount | None) -> bool:
    """True when another inode number at a path means another file."""
    return mount is not None and mount.type in STABLE_INODES
