"""Is a file still where it was? What is deleted is told apart from what cannot be reached."""

import errno
import os
import stat

from foundsound.catalog.paths import contains

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


def is_gone(path: bytes) -> bool:
    """True when no file is there any more; a folder or a pipe of its name is another thing.

    A link is there: its target may lie on a drive that is off.
    """
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return error.errno in _GONE
    return not (stat.S_ISREG(mode) or stat.S_ISLNK(mode))


def lost_target(path: bytes, real_root: bytes) -> bytes | None:
    """Where a link leads, relative to its root, if that lay in the root and is there no more.

    Args:
        real_root: with no link in it.
    """
    try:
        os.stat(path)
    except OSError as error:
        target = os.path.realpath(path)
        if error.errno in _GONE and contains(real_root, target):
            return os.path.relpath(target, real_root)
    return None
