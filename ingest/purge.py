"""Removes what is gone for good: files deleted long ago, and sounds that lie nowhere any more."""

import logging
from contextlib import ExitStack
from datetime import timedelta

from sqlalchemy.orm import Session

from foundsound.catalog.burial import (
    awaits_first_look,
    bury_homeless,
    forget_sounds,
    forget_tombstones,
    has_expired,
    has_homeless,
    lock_buried,
)
from foundsound.catalog.changes import forget_changes, has_old_changes
from foundsound.catalog.models import Space
from foundsound.catalog.queue import database_now
from foundsound.catalog.spaces import all_spaces, forget_windows
from foundsound.catalog.words import forget_words_of
from foundsound.errors import LibraryBusy, LibraryError
from foundsound.library import Library

log = logging.getLogger(__name__)


def _delete_from(library: Library, session: Session, space: Space, sound_ids: list[str]) -> None:
    """Delete from any space; a kept one that is damaged is not worth a failure.

    On servers another process may use what this one does not, so nothing is dropped there.

    In the caller's transaction: on SQLite nobody else can write meanwhile, ourselves included.

    Raises:
        LibraryBusy: the space is being closed.
        LibraryError: its vectors cannot be deleted.
    """
    with ExitStack() as held:
        try:
            vectors = held.enter_context(library.vectors_at(space.key, space.dim))
        except LibraryError as error:
            if library.shared or space.active or library.has_open(space.key):
                raise
            log.warning("kept vectors cannot be opened and are dropped: %s: %s", space.key, error)
            library.store.drop(space.key)
            forget_windows(session, space.id)
        else:
            vectors.delete_sounds(sound_ids)


def _forget(library: Library, buried: list[str]) -> list[str]:
    """Delete vectors and rows of those that are still buried, and return their ids.

    Raises:
        LibraryBusy: a space is being closed.
    """
    # While the rows are locked no worker finds a file with one of these contents.
    with library.opening_spaces(), library.catalog.write() as session:
        ids = lock_buried(session, buried)
        library.words.delete_sounds(ids)
        for space in all_spaces(session):
            if library.store.exists(space.key):
                _delete_from(library, session, space, ids)
        forget_sounds(session, ids)
    return ids


def purge(library: Library) -> None:
    """Forget deleted files after their time, sounds that lie nowhere, and replaced vectors.

    Of a sound, first its count of vectors goes, then the vectors, then its rows: after a crash in
    between, no vector is without a row, and the next call goes on.
    """
    with library.catalog.read() as session:
        kept = database_now(session) - timedelta(days=library.settings.changes_days)
    library.sweep()
    forget_changes(library.catalog, kept)
    days = timedelta(days=library.settings.tombstone_days)
    while True:
        with library.catalog.write() as session:
            if not forget_tombstones(session, database_now(session) - days):
                break
    while True:
        with library.catalog.write() as session:
            if not has_homeless(session) or awaits_first_look(session, database_now(session)):
                return
            buried = bury_homeless(session)
            forget_words_of(session, buried)
        try:
            if not _forget(library, buried):
                return
        except LibraryBusy:  # whoever calls next goes on
            return


def is_due(library: Library) -> bool:
    """True when :func:`purge` has something to do."""
    days = timedelta(days=library.settings.tombstone_days)
    kept = timedelta(days=library.settings.changes_days)
    with library.catalog.read() as session:
        now = database_now(session)
        return (
            bool(library.unwanted_spaces(session))
            or has_homeless(session)
            or has_expired(session, now - days)
            or has_old_changes(session, now - kept)
        )
