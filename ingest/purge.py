"""Removes sounds that lie nowhere any more, because the file they were was replaced."""

from contextlib import closing

from foundsound.catalog.sounds import bury_homeless, forget_sounds
from foundsound.catalog.spaces import all_spaces
from foundsound.library import Library


def purge_replaced(library: Library) -> None:
    """Delete sounds without any location, missing ones included: rows, vectors, rows.

    First they stop counting as embedded, then their vectors go, then their rows: after a crash in
    between, no vector is without a row, and the next run goes on.
    """
    with library.catalog.write() as session:
        homeless = bury_homeless(session)
        spaces = [(space.key, space.dim) for space in all_spaces(session)]
    if homeless:
        library.vectors.delete_sounds(homeless)
        for key, dim in spaces:
            if key != library.space_key and library.store.exists(key):
                with closing(library.store.open(key, dim)) as vectors:
                    vectors.delete_sounds(homeless)
        with library.catalog.write() as session:
            forget_sounds(session, homeless)
