"""Paths as bytes for opening, as text for people and for matching."""

import os
import unicodedata

from foundsound.metadata.ucs_name import parse_ucs_name


def path_text(raw: bytes) -> str:
    r"""A path as text that any JSON or terminal takes; bytes that are not UTF-8 become ``\xNN``."""
    return raw.decode("utf-8", errors="backslashreplace")


def path_key(raw: bytes) -> str:
    """The text by which a path is matched: NFC, so that both spellings of an accent are one."""
    return unicodedata.normalize("NFC", path_text(raw))


def named_cat_id(raw: bytes) -> str | None:
    """The UCS CatID that a path's file name begins with; None when it follows no such standard."""
    name = parse_ucs_name(path_key(os.path.basename(raw)))
    return name.category.cat_id if name else None


def absolute(path: str | os.PathLike[str]) -> bytes:
    """An absolute path as bytes; links in it are kept, because the user's name for it counts."""
    return os.fsencode(os.path.abspath(os.path.expanduser(path)))


def contains(folder: bytes, path: bytes) -> bool:
    """True when ``path`` is ``folder`` or lies below it."""
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")
