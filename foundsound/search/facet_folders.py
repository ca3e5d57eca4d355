"""Counts of sounds by folder: the level below the folder that the query's filter names."""

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import path_key
from foundsound.search.facet_values import MOST_VALUES, Count, Counted, by_count
from foundsound.search.position import position
from foundsound.search.query.filters import Filters
from foundsound.search.query.kind import Scope
from foundsound.search.query.like import as_like, has_wildcards, like, typeable
from foundsound.search.query.places import in_folder, rows_in_root

Text = ColumnElement[str]


def folder_counts(
    session: Session, these: Counted, filters: Sequence[Filters], roots: Sequence[Root]
) -> list[Count]:
    """By the folders right below the one that a ``folder:`` filter names without wildcards.

    Else by root, if the sounds lie in several, and by the folders right below the root if not. A
    sound that lies in two of them counts in both.
    """
    named = [word for each in filters if each.folder for word in each.folder.any]
    if len(named) == 1 and not has_wildcards(named[0]):
        above = "/".join(part for part in named[0].split("/") if part)
        return _below(session, these, _inside(above, roots), above, roots)
    paths = {root.id: path_key(root.path) for root in roots}
    by_root: Mapping[int, int] = dict.fromkeys(paths, 0)
    if len(paths) > 1:
        counts = session.execute(
            select(Location.root_id, func.count(Location.sound_id.distinct()))
            .where(these.files)
            .group_by(Location.root_id)
        )
        by_root = dict(counts.all())
    if len(by_root) == 1:
        (root_id,) = by_root
        above = os.path.basename(paths[root_id])
        return _below(session, these, Location.path.expression, above, roots)
    found = Counter({paths[root_id]: count for root_id, count in by_root.items()})
    return by_count(found, lambda path: f'root:"{path}"')


def _below(
    session: Session, these: Counted, inside: Text, above: str, roots: Sequence[Root]
) -> list[Count]:
    """By the first folder of the path ``inside``; files that lie in none are left out."""
    end = position(inside, "/")
    child = func.substr(inside, 1, end - 1).label("child")
    further = like(literal("/").concat(inside), f"%/{as_like(above)}/%")
    rows = session.execute(
        select(
            child,
            func.count(Location.sound_id.distinct()),
            func.max(case((further, 1), else_=0)),
        )
        .where(these.files, end > 1)
        .group_by("child")
    ).all()
    found = Counter({f"{above}/{name}" if above else name: count for name, count, _ in rows})
    if not above or any(again for _, _, again in rows) or _read_alike(found):
        found = _by_filter(session, these, found, roots)
    return by_count(found, _filter)


def _read_alike(folders: Collection[str]) -> bool:
    """Whether what is typed for one of them may find another one."""
    typed = {_pattern(folder).casefold() for folder in folders}
    return len(typed) < len(folders) or any(map(has_wildcards, typed))


def _by_filter(
    session: Session, these: Counted, found: Counter[str], roots: Sequence[Root]
) -> Counter[str]:
    """The most frequent folders, by what their filters find: more, where one lies in another."""
    folders = [folder for folder, _ in found.most_common(MOST_VALUES)]
    scope = Scope(roots, whole=True)
    counts = [
        func.count(case((in_folder(_pattern(folder), scope), Location.sound_id)).distinct())
        for folder in folders
    ]
    row = session.execute(select(*counts).select_from(Location).where(these.files)).one()
    return Counter(dict(zip(folders, row, strict=True)))


def _filter(folder: str) -> str:
    return f'folder:"{_pattern(folder)}"'


def _pattern(folder: str) -> str:
    return "/".join(map(typeable, folder.split("/")))


def _inside(above: str, roots: Sequence[Root]) -> Text:
    """What of a path lies below the folder; empty for files that lie elsewhere."""
    row = f"/{above}/"
    path = literal("/").concat(Location.path)
    at = position(func.lower(path), row.lower())
    cases: list[tuple[ColumnElement[bool], Text]] = [(at > 0, func.substr(path, at + len(row)))]
    for root in roots:
        for between, rest in rows_in_root(above.split("/"), root):
            head = "".join(f"{part}/" for part in rest)
            lies_in = func.lower(func.substr(Location.path, 1, len(head))) == head.lower()
            below: Text = func.substr(Location.path, len(head) + 1)
            if between:
                below = literal("".join(f"{part}/" for part in between)).concat(below)
            cases.append((and_(Location.root_id == root.id, lies_in), below))
    return case(*cases, else_="")
