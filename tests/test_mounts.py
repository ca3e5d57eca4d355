import os
import sys
from pathlib import Path

import pytest

from foundsound.mounts import (
    Mount,
    choose_watch,
    has_stable_inodes,
    mount_of,
    mounts,
    mounts_below,
    parse_mount_command,
    parse_mountinfo,
)

MOUNTINFO = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 27 0:40 / /mnt/my\040nas rw shared:9 master:2 - nfs4 server:/export rw,vers=4.2
32 27 0:41 / /mnt/bytes\377 rw - fuse.sshfs me@host: rw
garbage
"""
MOUNT_COMMAND = b"""/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//me@server/Sounds on /Volumes/My Sounds (smbfs, nodev, nosuid, mounted by me)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


def test_linux_tells_its_mounts() -> None:
    assert parse_mountinfo(MOUNTINFO) == [
        Mount(b"/proc", "proc"),
        Mount(b"/", "ext4"),
        Mount(b"/mnt/my nas", "nfs4"),
        Mount(b"/mnt/bytes\xff", "fuse.sshfs"),
    ]


def test_macos_tells_its_mounts() -> None:
    assert parse_mount_command(MOUNT_COMMAND)[:2] == [
        Mount(b"/", "apfs"),
        Mount(b"/Volumes/My Sounds", "smbfs"),
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")
def test_this_machine_tells_its_own(tmp_path: Path) -> None:
    here = mount_of(os.fsencode(tmp_path), mounts())
    assert here is not None
    assert os.path.ismount(here.point)


def test_the_innermost_and_last_mount_counts(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path.resolve())
    among = [Mount(b"/", "ext4"), Mount(folder, "ext4"), Mount(folder, "nfs")]
    assert mount_of(folder + b"/a", among) == Mount(folder, "nfs")
    assert mount_of(folder + b"-not/a", among) == Mount(b"/", "ext4")
    assert mount_of(folder, []) is None


def test_mounts_inside_a_folder(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path.resolve())
    among = [Mount(folder, "ext4"), Mount(folder + b"/b/c", "nfs"), Mount(folder + b"/a", "vfat")]
    assert mounts_below(folder, among) == [b"a", b"b/c"]


@pytest.mark.parametrize(
    ("type_", "way"),
    [
        ("ext4", "native"),
        ("apfs", "native"),
        ("tmpfs", "native"),
        ("nfs4", "polling"),
        ("cifs", "polling"),
        ("smbfs", "polling"),
        ("fuse.sshfs", "polling"),
        ("9p", "polling"),
        ("virtiofs", "polling"),
        ("overlay", "polling"),
        ("exfat", "polling"),
    ],
)
def test_the_file_system_decides_how_changes_are_found(type_: str, way: str) -> None:
    chosen, why = choose_watch(b"/mnt/x", [Mount(b"/", "ext4"), Mount(b"/mnt/x", type_)])
    assert chosen == way
    assert f"/mnt/x is {type_}" in why


def test_a_system_that_does_not_tell_is_trusted() -> None:
    assert choose_watch(b"/x", [])[0] == "native"
    for asked in ("native", "polling"):
        assert choose_watch(b"/x", [Mount(b"/", "nfs4")], asked) == (asked, "As it was asked for.")
    assert not has_stable_inodes(None)
