"""Folders of a conversion under way, and the removal of those that a killed process left."""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

NEW, OLD = ".new-", ".old-"
LONGEST_S = 24 * 3600.0  # far longer than any conversion, which takes minutes


def temporary_folder(kind: str, export: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder beside ``export`` that says whose it is.

    Args:
        kind: :data:`NEW` or :data:`OLD`.
        export: the folder of a model's converted files.
    """
    return tempfile.TemporaryDirectory(dir=export.parent, prefix=f"{kind}{export.name}.")


def remove_leftovers(export: Path) -> None:
    """Remove what earlier conversions left; the caller holds the lock of ``export``.

    Another model's may be under way, so only those that nobody can be writing any more are removed.
    """
    own = {f"{kind}{export.name}" for kind in (NEW, OLD)}
    for folder in export.parent.iterdir():
        if not folder.name.startswith((NEW, OLD)):
            continue
        if folder.name.rpartition(".")[0] in own or _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    with suppress(OSError):  # its process, or another, removed it meanwhile
        return time.time() - folder.stat().st_mtime > LONGEST_S
    return False
