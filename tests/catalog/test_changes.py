"""The feed of changes: what is told, in which order, and that nothing is ever missed."""

import threading
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundsound.analysis.sound_analysis import Heard, SoundAnalysis
from foundsound.catalog.analysis import save_analysis
from foundsound.catalog.burial import bury_homeless
from foundsound.catalog.changes import forget_changes, has_old_changes
from foundsound.catalog.collections import create_collection, place_items
from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, mark_changed, mark_found, mark_missing
from foundsound.catalog.marks import mark_sounds
from foundsound.catalog.metadata import save_metadata
from foundsound.catalog.models import (
    Location,
    Root,
    Sound,
    SoundState,
    StoredAnalysis,
    utc_now,
)
from foundsound.catalog.roots import remove_root
from foundsound.catalog.sounds import claim_sound
from foundsound.catalog.tags import add_tags, remove_tags
from foundsound.change_feed import NOW, read_changes
from foundsound.errors import Gone, InvalidRequest
from foundsound.metadata.sound_metadata import SoundMetadata
from tests.databases import both_databases, on_postgresql

A, B = "a" * 32, "b" * 32
Told = list[tuple[str, str, str | None, list[str]]]


def add_file(session: Session, sound: str, path: bytes, state: SoundState) -> int:
    """A file of a sound in /lib; returns its location."""
    root = session.query(Root).first() or Root(path=b"/lib")
    session.add(root)
    if session.get(Sound, sound) is None:
        session.add(Sound(id=sound, size=1, state=state))
    session.flush()
    location = Location(
        root_id=root.id, raw_path=path, path=path.decode(), size=1, mtime_ns=1, sound_id=sound
    )
    session.add(location)
    session.flush()
    return location.id


def told(catalog: Catalog, since: str | None) -> Told:
    page = read_changes(catalog, since, 100)
    assert not page.more
    return [(item.kind, item.sound_id, item.was, item.paths) for item in page.changes]


def cursor(catalog: Catalog) -> str:
    return read_changes(catalog, NOW, 1).cursor


@both_databases
def test_a_sound_comes_moves_and_goes(catalog: Catalog) -> None:
    start = cursor(catalog)
    with catalog.write() as session:
        file = add_file(session, A, b"x.wav", SoundState.PENDING)
        session.add(StoredAnalysis(sound_id=A, version=1))
    assert told(catalog, start) == []  # it cannot be found yet
    with catalog.write() as session:
        session.execute(update(Sound).values(state=SoundState.INDEXED))
    assert told(catalog, start) == [("created", A, None, ["/lib/x.wav"])]
    start = cursor(catalog)
    with catalog.write() as session:
        session.execute(update(StoredAnalysis).values(bpm=90.0))
        session.execute(update(Location).values(raw_path=b"d/y.wav"))
    with catalog.write() as session:
        session.execute(update(Location).values(size=2))  # nobody's business
        copy = add_file(session, A, b"copy.wav", SoundState.INDEXED)
    with catalog.write() as session:
        session.execute(delete(Location).where(Location.id == copy))
    assert told(catalog, start) == [
        ("updated", A, None, ["/lib/d/y.wav"]),
        ("moved", A, "/lib/x.wav", ["/lib/d/y.wav"]),
        ("moved", A, None, ["/lib/d/y.wav"]),
        ("moved", A, "/lib/copy.wav", ["/lib/d/y.wav"]),
    ]
    start = cursor(catalog)
    with catalog.write() as session:
        session.execute(update(Location).values(missing_since=utc_now()))
    assert told(catalog, start) == [("deleted", A, "/lib/d/y.wav", [])]
    with catalog.write() as session:
        session.execute(update(Location).values(missing_since=None))
    assert told(catalog, start)[1:] == [("created", A, None, ["/lib/d/y.wav"])]
    start = cursor(catalog)
    with catalog.write() as session:  # another content at the same path
        session.add(Sound(id=B, size=2, state=SoundState.PENDING))
        session.flush()
        session.execute(update(Location).where(Location.id == file).values(sound_id=B))
    assert told(catalog, start) == [("deleted", A, "/lib/d/y.wav", [])]


@both_databases
def test_copies_that_go_or_return_at_once_are_told_of_one_by_one(catalog: Catalog) -> None:
    with catalog.write() as session:
        copies = [add_file(session, A, name, SoundState.INDEXED) for name in (b"1", b"2", b"3")]
        root_id = session.scalars(select(Root.id)).one()
    gone = (["moved", "moved", "deleted"], {"/lib/1", "/lib/2", "/lib/3"})
    back = (["created", "moved", "moved"], {None})

    def news(start: str) -> tuple[list[str], set[str | None]]:
        new = told(catalog, start)
        return [kind for kind, *_ in new], {was for _, _, was, _ in new}

    start = cursor(catalog)
    with catalog.write() as session:
        mark_missing(session, root_id, copies)
    assert news(start) == gone
    start = cursor(catalog)
    with catalog.write() as session:
        mark_found(session, copies)
    assert news(start) == back
    start = cursor(catalog)
    assert remove_root(catalog, root_id)
    assert news(start) == gone


@both_databases
def test_of_a_file_that_has_changed_nothing_is_told_before_it_is_read(catalog: Catalog) -> None:
    with catalog.write() as session:
        files = {name: add_file(session, A, name, SoundState.INDEXED) for name in (b"1", b"2")}
        files[b"3"] = add_file(session, B, b"3", SoundState.INDEXED)

    def touch(*names: bytes) -> None:
        with catalog.write() as session:
            mark_changed(session, [(files[n], SeenFile(n, 1, 2)) for n in names])

    def read(name: bytes, sound_id: str) -> None:
        with catalog.write() as session:
            claim_sound(session, files[name], sound_id, 1, 1)

    start = cursor(catalog)
    touch(b"1", b"2", b"3")
    read(b"1", A)
    touch(b"3")  # it is still being written
    read(b"2", A)
    read(b"3", B)
    assert told(catalog, start) == []
    touch(b"1", b"3")
    with catalog.write() as session:
        session.execute(update(Location).where(Location.raw_path == b"3").values(raw_path=b"4"))
    assert told(catalog, start) == [("moved", B, "/lib/3", ["/lib/4"])]
    start = cursor(catalog)
    read(b"1", B)
    assert sorted(told(catalog, start), key=itemgetter(1)) == [
        ("moved", A, "/lib/1", ["/lib/2"]),
        ("moved", B, None, ["/lib/4", "/lib/1"]),
    ]
    start = cursor(catalog)
    read(b"3", A)
    touch(b"1")
    with catalog.write() as session:
        mark_missing(session, 1, [files[b"1"]])
    assert told(catalog, start)[-1] == ("deleted", B, "/lib/1", [])
    touch(b"3")
    with catalog.write() as session:
        session.execute(update(Location).where(Location.raw_path == b"2").values(sound_id=B))
        assert bury_homeless(session) == [A]  # the file could not be read for long
    assert told(catalog, start)[-1] == ("deleted", A, "/lib/4", [])
    for name in (b"2", b"3"):
        with catalog.write() as session:
            session.execute(delete(Location).where(Location.id == files[name]))
    assert told(catalog, start)[-1] == ("deleted", B, "/lib/2", [])


@both_databases
def test_what_people_say_is_told_once_until_it_is_read(catalog: Catalog) -> None:
    start = cursor(catalog)
    with catalog.write() as session:
        add_tags(session, [A, B], ["wet", "loud"])
        mark_sounds(session, [A], favourite=True)
    with catalog.write() as session:
        place_items(session, create_collection(session, "Trailer"), [B])
    assert sorted(told(catalog, start)) == [("tagged", A, None, []), ("tagged", B, None, [])]
    start = cursor(catalog)
    with catalog.write() as session:
        add_tags(session, [A], ["wet"])  # it is there
        mark_sounds(session, [A], favourite=True)
    assert told(catalog, start) == []
    with catalog.write() as session:
        remove_tags(session, [A], ["wet"])
    assert told(catalog, start) == [("tagged", A, None, [])]


@both_databases
def test_a_file_that_is_read_again_and_says_the_same_is_no_news(catalog: Catalog) -> None:
    metadata, heard = (
        SoundMetadata(description="Rain", extra={"take": "2"}),
        Heard(SoundAnalysis(), None),
    )
    with catalog.write() as session:
        add_file(session, A, b"a.wav", SoundState.INDEXED)

    def read(metadata: SoundMetadata, heard: Heard) -> Told:
        start = cursor(catalog)
        with catalog.write() as session:
            save_metadata(session, {A: metadata})
            save_analysis(session, {A: heard})
        return told(catalog, start)

    assert read(metadata, heard) == [("updated", A, None, ["/lib/a.wav"])]
    assert read(metadata, heard) == []
    assert len(read(replace(metadata, extra={"take": "3"}), heard)) == 1
    assert len(read(replace(metadata, extra={}), Heard(SoundAnalysis(bpm=120.0), None))) == 1


@both_databases
def test_what_is_rolled_back_is_not_told(catalog: Catalog) -> None:
    start = cursor(catalog)
    with pytest.raises(RuntimeError), catalog.write() as session:
        undone(session)
    assert told(catalog, start) == []


def undone(session: Session) -> None:
    add_tags(session, [A], ["wet"])
    raise RuntimeError


@on_postgresql
def test_a_transaction_that_ends_late_is_told_late(catalog: Catalog) -> None:
    start = cursor(catalog)
    with catalog.write() as early:
        add_tags(early, [A], ["first begun"])
        with catalog.write() as late:
            mark_sounds(late, [B], favourite=True)
        page = read_changes(catalog, start, 10)
        assert [item.sound_id for item in page.changes] == [B]
    assert told(catalog, page.cursor) == [("tagged", A, None, [])]


@both_databases
def test_many_writers_and_readers_miss_nothing(catalog: Catalog) -> None:
    start = cursor(catalog)
    sounds = [[f"{writer:016}{k:016}" for k in range(25)] for writer in range(4)]

    def write(own: list[str]) -> None:
        for sound in own:
            with catalog.write() as session:
                mark_sounds(session, [sound], favourite=True)

    def read(into: list[str], done: threading.Event) -> None:
        at = start
        while True:
            last_look = done.is_set()
            page = read_changes(catalog, at, 7)
            into += [item.sound_id for item in page.changes]
            at = page.cursor
            if last_look and not page.more:
                return

    done = threading.Event()
    seen: list[list[str]] = [[], []]
    readers = [threading.Thread(target=read, args=(into, done)) for into in seen]
    writers = [threading.Thread(target=write, args=(own,)) for own in sounds]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert sorted(seen[0]) == sorted(sound for own in sounds for sound in own)
    assert seen[1] == seen[0]


@both_databases
def test_pages_follow_each_other(catalog: Catalog) -> None:
    start = cursor(catalog)
    ids = [f"{k:032}" for k in range(5)]
    for sound in ids:
        with catalog.write() as session:
            mark_sounds(session, [sound], note="heard")
    first = read_changes(catalog, start, 2)
    second = read_changes(catalog, first.cursor, 3)
    assert (first.more, second.more) == (True, False)
    assert [item.sound_id for item in first.changes + second.changes] == ids
    assert [item.cursor for item in second.changes][-1] == second.cursor
    assert read_changes(catalog, first.changes[0].cursor, 1).changes == first.changes[1:]
    assert len(read_changes(catalog, None, 100).changes) == 5


@both_databases
def test_what_is_too_old_is_forgotten_and_said_to_be(catalog: Catalog) -> None:
    start = cursor(catalog)
    with catalog.write() as session:
        mark_sounds(session, [A], note="heard")
    middle = cursor(catalog)
    later = utc_now() + timedelta(hours=1)
    with catalog.read() as session:
        assert has_old_changes(session, later)
        assert not has_old_changes(session, utc_now() - timedelta(hours=1))
    forget_changes(catalog, later)
    with catalog.write() as session:
        mark_sounds(session, [B], note="heard")
    with pytest.raises(Gone, match="since=now"):
        read_changes(catalog, start, 10)
    assert told(catalog, middle) == told(catalog, None) == [("tagged", B, None, [])]
    for foreign in ("00000000-0", middle.split("-")[0] + "-99"):
        with pytest.raises(Gone):
            read_changes(catalog, foreign, 10)
    for wrong in ("", "5", middle + "x", "NOW"):
        with pytest.raises(InvalidRequest, match="no cursor"):
            read_changes(catalog, wrong, 10)
