"""Files that could not be used: told, retried, absolved."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import (
    SeenFile,
    add_files,
    mark_changed,
    mark_missing,
    seen_file,
)
from foundsound.catalog.mended import notice_mended
from foundsound.catalog.models import Location, Priority, Root, Sound, SoundState, Work
from foundsound.catalog.quarantine import absolve_copies, count_failed, failed_files, retry
from foundsound.catalog.scope import scopes_of
from tests.databases import both_databases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
pytestmark = both_databases

Ids = dict[str, int]


@pytest.fixture
def ids(catalog: Catalog) -> Ids:
    """Of ``/r``: ``d/refused`` and its ``copy``, ``hangs``, ``locked`` (again soon), ``good``."""
    names = ["d/refused", "copy", "d/hangs", "locked", "good"]
    with catalog.write() as session:
        root = Root(path=b"/r")
        session.add_all([root, Sound(id="bad", size=1, state=SoundState.FAILED, error="Noise.")])
        session.flush()
        seen = [SeenFile(name.encode(), 1, 1) for name in names]
        ids = dict(zip(names, add_files(session, root.id, seen), strict=True))
        changes: dict[str, dict[str, object]] = {
            "d/refused": {"work": Work.FAILED, "error": "Noise.", "sound_id": "bad"},
            "copy": {"work": Work.FAILED, "error": "Noise.", "sound_id": "bad"},
            "d/hangs": {"work": Work.FAILED, "error": "It hangs.", "attempts": 3},
            "locked": {"error": "It is locked.", "attempts": 1, "due_at": SOON},
            "good": {"work": Work.SETTLED},
        }
        for name, values in changes.items():
            final = {} if "due_at" in values else {"due_at": None}
            session.execute(update(Location).where(Location.id == ids[name]).values(values | final))
    return ids


def test_each_is_told_with_its_reason_and_what_becomes_of_it(catalog: Catalog, ids: Ids) -> None:
    with catalog.read() as session:
        told = failed_files(session, 10)
        assert count_failed(session) == (3, 1)
    assert [(file.path, file.reason, file.attempts, file.next_attempt) for file in told] == [
        (b"/r/locked", "It is locked.", 1, SOON),
        (b"/r/d/hangs", "It hangs.", 3, None),
        (b"/r/copy", "Noise.", 0, None),
        (b"/r/d/refused", "Noise.", 0, None),
    ]


def test_they_come_in_pages_and_by_place(catalog: Catalog, ids: Ids) -> None:
    with catalog.read() as session:
        first = failed_files(session, 3)
        second = failed_files(session, 3, before=first[-1].location_id)
        there = failed_files(session, 9, scopes=scopes_of(session, b"/r/d"))
        above = failed_files(session, 9, scopes=scopes_of(session, b"/"))
        assert scopes_of(session, b"/elsewhere") == []
        nowhere = failed_files(session, 9, scopes=[])
    assert [file.path for file in (*first, *second)] == [file.path for file in above]
    assert [file.path for file in there] == [b"/r/d/hangs", b"/r/d/refused"]
    assert nowhere == []


def test_a_file_that_is_gone_is_no_problem(catalog: Catalog, ids: Ids) -> None:
    with catalog.write() as session:
        mark_missing(session, 1, [ids["locked"], ids["copy"]])
        assert count_failed(session) == (2, 0)
        assert len(failed_files(session, 9)) == 2


def test_a_retry_is_a_new_beginning(catalog: Catalog, ids: Ids) -> None:
    with catalog.write() as session:
        assert retry(session, NOW, scopes_of(session, b"/r/d")) == 2
        sound = session.get_one(Sound, "bad")
        assert (sound.state, sound.error) == (SoundState.PENDING, None)
        for name in ("d/refused", "d/hangs"):
            row = session.get_one(Location, ids[name])
            assert (row.work, row.priority, row.attempts) == (Work.PENDING, Priority.USER, 0)
            assert (row.due_at, row.error) == (NOW, None)
        assert session.get_one(Location, ids["copy"]).work == Work.FAILED
        assert session.get_one(Location, ids["good"]).work == Work.SETTLED


def test_everything_may_be_retried(catalog: Catalog, ids: Ids) -> None:
    with catalog.write() as session:
        assert retry(session, NOW) == 4
        assert count_failed(session) == (0, 0)
        assert retry(session, NOW) == 0


def test_a_file_that_was_touched_starts_anew(catalog: Catalog, ids: Ids) -> None:
    with catalog.write() as session:
        mark_changed(session, [(ids["d/hangs"], SeenFile(b"d/hangs", 1, 2))])
        row = session.get_one(Location, ids["d/hangs"])
        assert (row.work, row.attempts, row.error, row.sound_id) == (Work.PENDING, 0, None, None)
        assert row.due_at is not None


def test_copies_of_what_works_after_all_are_settled(catalog: Catalog, ids: Ids) -> None:
    with catalog.write() as session:
        absolve_copies(session, ["bad"])
        assert session.get_one(Location, ids["copy"]).work == Work.SETTLED
        assert [file.path for file in failed_files(session, 9)] == [b"/r/locked", b"/r/d/hangs"]


def test_what_was_mended_is_queued_as_it_is_now(catalog: Catalog, tmp_path: Path) -> None:
    for name in ("mended", "same", "gone"):
        (tmp_path / name).write_bytes(b"noise")
    with catalog.write() as session:
        root = Root(path=os.fsencode(tmp_path))
        session.add(root)
        session.flush()
        seen = [
            seen_file(os.fsencode(n), (tmp_path / n).stat()) for n in ("mended", "same", "gone")
        ]
        ids = add_files(session, root.id, seen)
        failed = {"work": Work.FAILED, "error": "Noise.", "due_at": None, "attempts": 3}
        session.execute(update(Location).where(Location.id.in_(ids)).values(failed))
    (tmp_path / "mended").write_bytes(b"sound")
    os.utime(tmp_path / "mended", ns=(1, 1))
    (tmp_path / "gone").unlink()
    assert notice_mended(catalog, []) == 0
    assert notice_mended(catalog) == 1
    with catalog.read() as session:
        mended, same, gone = (session.get_one(Location, each) for each in ids)
        assert (mended.work, mended.priority, mended.mtime_ns) == (Work.PENDING, Priority.USER, 1)
        assert (mended.error, mended.attempts) == (None, 0)
        assert (same.work, gone.work) == (Work.FAILED, Work.FAILED)
