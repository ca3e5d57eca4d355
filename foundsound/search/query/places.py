"""Filters on where a file lies: ``folder:``, ``root:``, ``name:`` and quoted words.

They are conditions on one location: a sound at several paths is found by, and shown at, the one
that fits them all. The catalogue answers them, so a renamed file is right at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import path_key
from foundsound.search.query.kind import Typed
from foundsound.search.query.like import as_like, has_wildcards, like
from foundsound.search.query.values import Choice, Phrases

Clause = ColumnElement[bool]
# No bare column: SQLite would take the index on roots, and read a root of 200,000 files for ten.
_root_id = Location.root_id + 0
Where = Callable[[str, Sequence[Root]], Clause]


@dataclass(frozen=True)
class Place:
    """A filter on the path; ``where`` says what one word of it means."""

    condition: Where
    example: str
    of_location: bool = True

    def read(self, typed: Typed, earlier: Choice | None) -> Choice:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        held = earlier.model_dump() if earlier else {"any": (), "none": ()}
        return Choice(**_with_word(held, typed, "any"))

    def write(self, key: str, value: Choice) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        return [f'{key}:"{w}"' for w in value.any] + [f'-{key}:"{w}"' for w in value.none]

    def where(self, value: Choice, roots: Sequence[Root]) -> Clause:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        conditions = [not_(self.condition(word, roots)) for word in value.none]
        if value.any:
            conditions.append(or_(*(self.condition(word, roots) for word in value.any)))
        return and_(*conditions)


@dataclass(frozen=True)
class PathWords:
    """A filter on words anywhere in the path below the root: all of them must be there."""

    example: str = '"metal door"'
    of_location: bool = True

    def read(self, typed: Typed, earlier: Phrases | None) -> Phrases:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        held = earlier.model_dump() if earlier else {"all": (), "none": ()}
        return Phrases(**_with_word(held, typed, "all"))

    def write(self, key: str, value: Phrases) -> list[str]:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        return [f'{key}:"{w}"' for w in value.all] + [f'-{key}:"{w}"' for w in value.none]

    def where(self, value: Phrases, roots: Sequence[Root]) -> Clause:
        """See :class:`~foundsound.search.query.kind.Kind`."""
        none = [not_(_in_path(word)) for word in value.none]
        return and_(*(_in_path(word) for word in value.all), *none)


def in_folder(folder: str, roots: Sequence[Root]) -> Clause:
    """Whether a file lies in a folder of that name, or in that row of folders, at any depth."""
    wanted = [part for part in folder.split("/") if part]
    if not wanted:
        return false()
    below = "/".join(as_like(part) for part in wanted) + "/%"
    conditions = [like(Location.path, below), like(Location.path, f"%/{below}")]
    for root in roots:
        # The row may lie above the root, or begin there and go on below it.
        parts = [part for part in path_key(root.path).split("/") if part]
        for held in range(1, len(wanted) + 1):
            rest, head = wanted[held:], wanted[:held]
            ends = range(held, len(parts) + 1) if not rest else [len(parts)]
            if any(_fit(parts[max(end - held, 0) : end], head) for end in ends):
                in_root = _root_id == root.id
                tail = "/".join(as_like(part) for part in rest)
                conditions.append(
                    and_(in_root, like(Location.path, tail + "/%")) if rest else in_root
                )
    return or_(*conditions)


def named(name: str, roots: Sequence[Root]) -> Clause:
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


def in_root(name: str, roots: Sequence[Root]) -> Clause:
    """Whether a file lies in a root whose last folder holds the words.

    Folders above the root must be called just that, and the whole path will do as well.
    """
    chosen = [root.id for root in roots if _is_root(path_key(root.path), name)]
    return _root_id.in_(chosen) if chosen else false()


def _is_root(path: str, name: str) -> bool:
    *above, last = path.rstrip("/").split("/")
    wanted = name if has_wildcards(name) else f"*{name}*"
    if _fits(last, wanted) or path.rstrip("/") == name.rstrip("/"):
        return True
    return any(_fits(folder, name) for folder in above)


def _in_path(words: str) -> Clause:
    # A blank stands for whichever character a file name has between words: _, -, a dot.
    spaced = "_".join(as_like(word) for word in words.split())
    return like(Location.path, f"%{spaced}%")


def _fit(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(parts) == len(wanted) and all(map(_fits, parts, wanted))


def _fits(name: str, pattern: str) -> bool:
    plain = pattern.replace("[", "[[]")  # fnmatch's own brackets are no wildcards here
    return fnmatchcase(name.casefold(), plain.casefold())


def _with_word(held: dict[str, Any], typed: Typed, wanted: str) -> dict[str, Any]:
    field = "none" if typed.negated else wanted
    word = " ".join(typed.value.split())
    if not word:
        raise typed.error(f"'{typed.key}:' needs a value between its quotes.")
    if word not in held[field]:
        held[field] = (*held[field], word)
    return held
