"""Whoever changes several sounds takes their rows in one order: nobody waits in a circle."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Sound, SoundState
from foundsound.catalog.tags import add_tags
from foundsound.catalog.words import (
    StaleSound,
    mark_words_of_files_stale,
    mark_words_stale,
    mark_words_written,
)
from foundsound.metadata_edit import MetadataFields, SoundChange, edit_each
from tests.databases import on_postgresql
from tests.waiting import wait_until

FIRST, LAST = "a" * 32, "b" * 32


def _edit(session: Session) -> None:
    title = MetadataFields(title="Door")
    edit_each(session, [SoundChange(sound_id=id_, metadata=title) for id_ in (LAST, FIRST)])


WRITERS: dict[str, Callable[[Session], None]] = {
    "edits, each their own": _edit,
    "tags of many": lambda session: add_tags(session, [LAST, FIRST], ["wet"]),
    "words": lambda session: mark_words_stale(session, [LAST, FIRST]),
    "files that go": lambda session: mark_words_of_files_stale(session, [1, 2]),
}


@on_postgresql
@pytest.mark.parametrize("writer", WRITERS)
def test_what_changes_many_sounds_holds_none_while_it_waits(catalog: Catalog, writer: str) -> None:
    _two_sounds_with_copies(catalog)
    done = threading.Event()

    def write() -> None:
        with catalog.write(alone=True) as session:
            WRITERS[writer](session)
        done.set()

    thread = threading.Thread(target=write)
    with catalog.write() as session:
        mark_words_written(session, [StaleSound(FIRST, 1)])
        thread.start()
        wait_until(lambda: _waits_for_a_row(catalog))
        mark_words_written(session, [StaleSound(LAST, 1)])  # a deadlock, were it held
    thread.join()
    assert done.is_set()


def _two_sounds_with_copies(catalog: Catalog) -> None:
    with catalog.write() as session:
        root = Root(path=b"/")
        session.add(root)
        session.flush()
        for id_ in (LAST, FIRST):  # as a table is read
            session.add(Sound(id=id_, size=1, state=SoundState.INDEXED, duration_s=1.0))
        session.flush()
        # Numbers 1 and 2 go, of which the first is of the last sound; 3 and 4 stay.
        for id_ in (LAST, FIRST, LAST, FIRST):
            name = f"{id_[0]}{session.query(Location).count()}.wav"
            where = {"raw_path": name.encode(), "path": name}
            session.add(Location(root_id=root.id, size=1, mtime_ns=1, sound_id=id_, **where))
            session.flush()


def _waits_for_a_row(catalog: Catalog) -> bool:
    with catalog.read() as session:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')"
        )
        return bool(session.scalars(waiting).one())
