"""Filters on where a file lies: ``folder:``, ``root:``, ``name:`` and ``state:``.

They are conditions on one location: a sound at several paths is found by, and shown at, the one
that fits them all. The catalogue answers them, so a renamed file is right at once.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import path_key
from foundsound.catalog.scope import on_lost_mount
from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Scope
from foundsound.search.query.like import as_like, has_wildcards, like

Clause = ColumnElement[bool]
STATES = ("online", "offline")
# No bare column: SQLite would take the index on roots, and read a root of 200,000 files for ten.
_root_id = Location.root_id + 0


def in_folder(folder: str, scope: Scope) -> Clause:
    """Whether a file lies in a folder of that name, or in that row of folders, at any depth."""
    wanted = [part for part in folder.split("/") if part]
    if not wanted:
        return false()
    below = "/".join(as_like(part) for part in wanted) + "/%"
    conditions = [like(Location.path, below), like(Location.path, f"%/{below}")]
    for root in scope.roots:
        for _, rest in rows_in_root(wanted, root):
            in_root = _root_id == root.id
            tail = "/".join(as_like(part) for part in rest)
            conditions.append(and_(in_root, like(Location.path, tail + "/%")) if rest else in_root)
    return or_(*conditions)


def rows_in_root(wanted: Sequence[str], root: Root) -> Iterator[tuple[list[str], list[str]]]:
    """Where a row of folders lies that lies above the root, or begins there.

    Two lists: what of the root's own path lies below it, and what of it lies below the root.
    """
    parts = [part for part in path_key(root.path).split("/") if part]
    for held in range(1, len(wanted) + 1):
        rest, head = list(wanted[held:]), wanted[:held]
        ends = range(held, len(parts) + 1) if not rest else [len(parts)]
        for end in ends:
            if _fit(parts[max(end - held, 0) : end], head):
                yield parts[end:], rest
                break


def named(name: str, scope: Scope) -> Clause:
    """Whether the file's name holds the words, or fits them as a whole if they hold * or ?.

    The ending may be left out of a pattern.
    """
    pattern = as_like(name)
    if not has_wildcards(name):
        pattern = f"%{pattern}%"
    path = Location.path
    # rtrim takes everything but slashes off the end: what stays is the folder.
    file = func.substr(path, func.length(func.rtrim(path, func.replace(path, "/", ""))) + 1)
    fits = or_(like(file, pattern), like(file, f"{pattern}.%"))
    # Cheap and true of every name that fits: spares the rest for most rows.
    return and_(like(path, f"%{pattern}%"), fits)


def in_root(name: str, scope: Scope) -> Clause:
    """Whether a file lies in a root whose last folder holds the words.

    Folders above the root must be called just that, and the whole path will do as well.
    """
    chosen = [root.id for root in scope.roots if _is_root(path_key(root.path), name)]
    return _root_id.in_(chosen) if chosen else false()


def tidy_state(typed: str) -> str:
    """A drive's state.

    Raises:
        InvalidRequest: it is none.
    """
    state = typed.strip().lower()
    if state not in STATES:
        raise InvalidRequest(f"'{typed.strip()}' is no state; those are {', '.join(STATES)}.")
    return state


def in_state(state: str, scope: Scope) -> Clause:
    """Whether the drive on which a file lies is there now.

    Raises:
        InvalidRequest: there is no such state.
    """
    lost_roots = [root.id for root in scope.roots if root.offline_since is not None]
    lost = or_(_root_id.in_(lost_roots), on_lost_mount())
    return lost if tidy_state(state) == "offline" else not_(lost)


def _is_root(path: str, name: str) -> bool:
    *above, last = path.rstrip("/").split("/")
    wanted = name if has_wildcards(name) else f"*{name}*"
    if fits(last, wanted) or path.rstrip("/") == name.rstrip("/"):
        return True
    return any(fits(folder, name) for folder in above)


def _fit(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(parts) == len(wanted) and all(map(fits, parts, wanted))


def fits(name: str, pattern: str) -> bool:
    """Whether the whole name fits a pattern with * and ?, in any case."""
    plain = pattern.replace("[", "[[]")  # fnmatch's own brackets are no wildcards here
    return fnmatchcase(name.casefold(), plain.casefold())
