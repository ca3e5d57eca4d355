"""Removes sounds that lie nowhere any more, because the file they were was replaced."""

import logging
from contextlib import closing

from foundsound.catalog.sounds import bury_homeless, forget_sounds
from foundsound.catalog.spaces import all_spaces, forget_windows
from foundsound.catalog.words import forget_words_of
from foundsound.errors import LibraryError
from foundsound.library import Library

log = logging.getLogger(__name__)


def _delete_from(library: Library, key: str, dim: int, sound_ids: list[str]) -> None:
    """Delete from a space beside the library's own; one that is damaged is not worth a failure."""
    try:
        with closing(library.store.open(key, dim)) as vectors:
            vectors.delete_sounds(sound_ids)
    except LibraryError as error:
        log.warning("the kept vectors %s cannot be opened and are dropped: %s", key, error)
        library.store.drop(key)
        with library.catalog.write() as session:
            for space in all_spaces(session):
                if space.key == key:
                    forget_windows(session, space.id)


def purge_replaced(library: Library) -> None:
    """Delete sounds without any location, missing ones included: rows, vectors, rows.

    First they stop counting as embedded, then their vectors go, then their rows: after a crash in
    between, no vector is without a row, and the next run goes on.
    """
    with library.catalog.write() as session:
        homeless = bury_homeless(session)
        forget_words_of(session, homeless)
        spaces = [(space.key, space.dim) for space in all_spaces(session)]
    if homeless:
        library.words.delete_sounds(homeless)
        library.vectors.delete_sounds(homeless)
        for key, dim in spaces:
            if key != library.space_key and library.store.exists(key):
                _delete_from(library, key, dim, homeless)
        with library.catalog.write() as session:
            forget_sounds(session, homeless)
