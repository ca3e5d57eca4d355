"""Roots: the folder trees the user told us about; none lies inside another."""

import os

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root
from foundsound.catalog.paths import contains, path_key
from foundsound.catalog.words import mark_words_of_files_stale, mark_words_stale

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


def remove_root(catalog: Catalog, root_id: int) -> bool:
    """Forget a root with its locations, a batch at a time; False when there is none.

    Its sounds that lie nowhere else are forgotten by ``ingest/purge.py``.
    """
    with catalog.write() as session:
        root = session.get(Root, root_id)
        if root is None:
            return False
        root.watched, root.paused = False, True  # whoever works on it leaves it
    ids = [0]
    while ids:
        with catalog.write() as session:
            of_root = select(Location.id).where(Location.root_id == root_id)
            ids = list(session.scalars(of_root.limit(BATCH)))
            mark_words_of_files_stale(session, ids)
            session.execute(delete(Location).where(Location.id.in_(ids)))
    with catalog.write() as session:
        session.execute(delete(Root).where(Root.id == root_id))
    return True


def _take_over(session: Session, new: Root, inner: Root) -> None:
    prefix = os.path.relpath(inner.path, new.path)
    lying_in = select(Location.id, Location.raw_path, Location.sound_id)
    lying_in = lying_in.where(Location.root_id == inner.id).limit(BATCH)
    while found := session.execute(lying_in).all():
        rows = []
        for id_, raw_path, _ in found:
            moved = os.path.join(prefix, raw_path)
            rows.append({"id": id_, "root_id": new.id, "raw_path": moved, "path": path_key(moved)})
        session.execute(update(Location), rows)
        mark_words_stale(session, {sound_id for _, _, sound_id in found if sound_id is not None})
    session.delete(inner)
