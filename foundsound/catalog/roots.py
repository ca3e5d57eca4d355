"""Roots: the folder trees the user told us about; none lies inside another."""

import os

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import contains, path_key
from foundsound.catalog.words import mark_words_stale

BATCH = 1000  # rows in one statement


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


def _take_over(session: Session, new: Root, inner: Root) -> None:
    prefix = os.path.relpath(inner.path, new.path)
    lying_in = select(Location.id, Location.raw_path).where(Location.root_id == inner.id)
    found = session.execute(lying_in).all()
    for start in range(0, len(found), BATCH):
        rows = []
        for id_, raw_path in found[start : start + BATCH]:
            moved = os.path.join(prefix, raw_path)
            rows.append({"id": id_, "root_id": new.id, "raw_path": moved, "path": path_key(moved)})
        session.execute(update(Location), rows)
    here = select(Location.sound_id).where(Location.root_id == new.id)
    mark_words_stale(session, session.scalars(here.where(Location.sound_id.is_not(None))))
    session.delete(inner)
