"""Roots: the folder trees the user told us about; none lies inside another."""

import os

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import contains, path_key


def root_for(session: Session, folder: bytes) -> Root:
    """The root that holds ``folder`` (absolute), made when there is none.

    A new root takes over the roots inside it with all their locations, so that one file never has
    two locations and an enlarged library is not embedded again.
    """
    roots = session.scalars(select(Root)).all()
    for root in roots:
        if contains(root.path, folder):
            return root
    new = Root(path=folder)
    session.add(new)
    session.flush()
    for inner in roots:
        if contains(folder, inner.path):
            _take_over(session, new, inner)
    return new


def all_roots(session: Session) -> list[Root]:
    """Every root, in the order they were added."""
    return list(session.scalars(select(Root).order_by(Root.id)))


def _take_over(session: Session, new: Root, inner: Root) -> None:
    prefix = os.path.relpath(inner.path, new.path)
    for location in session.scalars(select(Location).where(Location.root_id == inner.id)):
        location.raw_path = os.path.join(prefix, location.raw_path)
        location.path = path_key(location.raw_path)
        location.root_id = new.id
    session.flush()
    session.delete(inner)
