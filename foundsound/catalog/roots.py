"""Roots: the folder trees the user told us about.

A root inside another one has settings or a drive of its own; its files are its own alone, and the
outer root leaves its folder to it.
"""

import os
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, RootMount, WatchMode
from foundsound.catalog.paths import contains, path_key
from foundsound.catalog.words import mark_words_of_files_stale, mark_words_stale
from foundsound.ignore_rules import IgnoreRules

BATCH = 1000  # rows in one statement


def root_for(session: Session, folder: bytes) -> Root:
    """The root that holds ``folder`` (absolute), made when there is none.

    A new root takes over the roots inside it with all their locations, so that one file never has
    two locations and an enlarged library is not embedded again. Those that would lose by it stay.
    """
    roots = session.scalars(select(Root)).all()
    holding = [root for root in roots if contains(root.path, folder)]
    if holding:
        return max(holding, key=lambda root: len(root.path))
    new = Root(path=folder)
    session.add(new)
    session.flush()
    inside = [root for root in roots if contains(folder, root.path)]
    staying = [root for root in inside if _stays(root, folder)]
    for inner in inside:
        if not any(contains(root.path, inner.path) for root in staying):
            _take_over(session, new, inner)
    return new


def roots_inside(session: Session, folder: bytes) -> Sequence[Root]:
    """The roots below a folder (absolute), not the one that it may be."""
    roots = session.scalars(select(Root).order_by(Root.id))
    return [root for root in roots if root.path != folder and contains(folder, root.path)]


def outer_root(session: Session, folder: bytes) -> Root | None:
    """The smallest root that a folder (absolute) lies in, without being it."""
    roots = session.scalars(select(Root)).all()
    outer = [root for root in roots if root.path != folder and contains(root.path, folder)]
    return max(outer, key=lambda root: len(root.path), default=None)


def remove_root(catalog: Catalog, root_id: int) -> bool:
    """Forget a root with its locations, a batch at a time; False when there is none.

    A root that is at hand and lies in another one leaves its locations to that. Else its sounds
    that lie nowhere else are forgotten by ``ingest/purge.py``.
    """
    with catalog.write() as session:
        root = session.get(Root, root_id)
        if root is None:
            return False
        root.watched, root.paused = False, True  # whoever works on it leaves it
        outer = outer_root(session, root.path)
        outer_id = outer.id if outer and root.offline_since is None else None
    ids = [0]
    while ids:
        with catalog.write() as session:
            into = None if outer_id is None else session.get(Root, outer_id)
            inner = session.get(Root, root_id)
            if into is not None and inner is not None:
                _hand_over(session, into, inner)
                break
            of_root = select(Location.id).where(Location.root_id == root_id)
            ids = list(session.scalars(of_root.limit(BATCH)))
            mark_words_of_files_stale(session, ids)
            session.execute(delete(Location).where(Location.id.in_(ids)))
    with catalog.write() as session:
        session.execute(delete(Root).where(Root.id == root_id))
    return True


def _stays(root: Root, folder: bytes) -> bool:
    """True when a root has something that a larger one at ``folder`` has not."""
    wishes = (root.name, root.watched, root.interval_s, root.ignored, root.marker, root.paused)
    if any(wishes) or root.accepts_loss or root.mode is not WatchMode.AUTO:
        return True
    if root.offline_since is not None:
        return True  # its files would be looked for where they cannot be now
    if IgnoreRules("").ignores_below(os.path.relpath(root.path, folder), folder=True):
        return True
    return root.mount is not None and not contains(root.mount, os.path.realpath(folder))


def _take_over(session: Session, new: Root, inner: Root) -> None:
    new.mount = new.mount or inner.mount  # the larger folder lies on it too, see _stays
    _hand_over(session, new, inner)
    prefix = os.path.relpath(inner.path, new.path)
    for mount in session.scalars(select(RootMount).where(RootMount.root_id == inner.id)):
        session.add(
            RootMount(
                root_id=new.id,
                raw_path=os.path.join(prefix, mount.raw_path),
                below_end=os.path.join(prefix, mount.below_end),
                offline_since=mount.offline_since,
            )
        )
    session.delete(inner)


def _hand_over(session: Session, new: Root, inner: Root) -> None:
    """All locations of a root become those of a larger one, which has none in its folder."""
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
