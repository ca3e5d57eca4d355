"""Chosen sounds' files as one ZIP archive, made while it is sent."""

import os
import unicodedata
from collections.abc import Sequence

from zipstream import ZipStream

from foundsound.catalog.paths import path_text

LEFT_OUT = "left out.txt"


def zip_of(files: Sequence[tuple[str, bytes | None]]) -> ZipStream:
    """An archive of files as they are, not packed any further: sound hardly gets smaller.

    Its length is known before it is made, and a few blocks of it are in memory at a time. Files of
    one name are numbered. What cannot be read is told in a text file within.

    Args:
        files: what each is called if it cannot be had, and the path that opens it, or None.
    """
    archive = ZipStream(sized=True)
    taken = {LEFT_OUT}
    left_out = []
    for called, path in files:
        if path is None or not os.access(path, os.R_OK):
            left_out.append(called)
            continue
        # A name on Linux may hold a backslash, which unpackers on Windows take for a folder.
        name = _free_name(path_text(os.path.basename(path)).replace("\\", "_"), taken)
        archive.add_path(os.fsdecode(path), name, recurse=False)
    if left_out:
        text = "These files could not be read:\n" + "".join(f"{name}\n" for name in left_out)
        archive.add(text, LEFT_OUT)
    return archive


def _free_name(name: str, taken: set[str]) -> str:
    """The name, or the first numbered one that no other file has, in any case and spelling."""
    stem, ending = os.path.splitext(name)
    number, free = 1, name
    while _seen(free) in taken:
        number += 1
        free = f"{stem} ({number}){ending}"
    taken.add(_seen(free))
    return free


def _seen(name: str) -> str:
    """By what two names are one: to some systems, neither case nor an accent's spelling counts."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
