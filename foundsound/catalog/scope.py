"""A part of a root, as conditions that an index serves."""

import os
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, RootMount
from foundsound.catalog.paths import contains

INDEXED_BYTES = 512  # of a path, see migration 0001


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything at or below ``folder`` (relative to the root; ``b""`` = the root)."""

    root_id: int
    folder: bytes = b""

    def holds(self) -> ColumnElement[bool]:
        """Condition on Location."""
        in_root = Location.root_id == self.root_id
        if not self.folder:
            return in_root
        return and_(in_root, or_(Location.raw_path == self.folder, lies_below(self.folder)))


def scopes_of(session: Session, path: bytes) -> list[Scope]:
    """Where the library's files at or below an absolute path lie; empty when there are none."""
    found = []
    for root in session.scalars(select(Root).order_by(Root.id)):
        if contains(path, root.path):
            found.append(Scope(root.id))
        elif contains(root.path, path):
            found.append(Scope(root.id, os.path.relpath(path, root.path)))
    return found


def reachable() -> ColumnElement[bool]:
    """Condition on Location: its root is online and not paused, so that a worker may take it."""
    roots = select(Root.id).where(Root.offline_since.is_(None), ~Root.paused)
    return Location.root_id.in_(roots)


def is_offline() -> ColumnElement[bool]:
    """Whether a Location, joined with its Root, lies on a drive that is not there now."""
    return or_(Root.offline_since.is_not(None), on_lost_mount())


def on_lost_mount() -> ColumnElement[bool]:
    """Whether a Location lies on a drive that is mounted below its root and is not there now."""
    return exists().where(
        RootMount.root_id == Location.root_id,
        RootMount.offline_since.is_not(None),
        Location.raw_path >= RootMount.raw_path,
        Location.raw_path < RootMount.below_end,
    )


def lies_below(folder: bytes) -> ColumnElement[bool]:
    """Condition on Location: its path lies below ``folder`` (relative to the root, not empty)."""
    first, after = folder + b"/", folder + b"0"  # b"0" follows b"/": a range, as an index serves it
    start = func.substr(Location.raw_path, 1, INDEXED_BYTES)  # PostgreSQL's index has no more
    return and_(
        Location.raw_path >= first,
        Location.raw_path < after,
        start >= first[:INDEXED_BYTES],
        start <= after[:INDEXED_BYTES],
    )
