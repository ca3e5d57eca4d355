"""Is a root there? A drive that is not plugged in must not look like a folder without files."""

import os
from collections.abc import Sequence

from foundsound.catalog.paths import path_text
from foundsound.catalog.root_state import RootSettings
from foundsound.mounts import Mount, mount_of


def why_offline(root: RootSettings, among: Sequence[Mount]) -> str | None:
    """A sentence when the root is not there as it was; None when it is.

    Args:
        among: what is mounted now; empty when the system does not tell.
    """
    name = path_text(root.path)
    if root.mount is not None and among and not any(m.point == root.mount for m in among):
        return f"Nothing is mounted at {path_text(root.mount)}."
    try:
        with os.scandir(root.path):
            pass
    except FileNotFoundError:
        return f"There is no folder {name}."
    except OSError as error:
        return f"The folder {name} cannot be read: {error.strerror}."
    if root.marker is not None and not os.path.lexists(os.path.join(root.path, root.marker)):
        return f"Its marker {path_text(root.marker)} is not there."
    return None


def mount_point(root: RootSettings, among: Sequence[Mount]) -> bytes | None:
    """The mount that the root lies on; None for the one that is always there."""
    mount = mount_of(root.path, among)
    return None if mount is None or mount.point == b"/" else mount.point
