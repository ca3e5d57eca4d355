"""The queue's rules, with a clock of the test's own."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, text, update

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, mark_changed, mark_missing
from foundsound.catalog.models import Location, Priority, Sound, SoundWindows, Work
from foundsound.catalog.queue import (
    BACKOFF_S,
    MAX_BACKOFF_S,
    QueueLength,
    claim,
    clip_due_times,
    database_now,
    enqueue,
    heartbeat,
    next_due,
    open_work,
    put_off,
    quarantine,
    queue_lengths,
    release,
    release_all,
    settle,
)
from foundsound.catalog.scope import Scope
from tests.catalog.queued_files import LEASE_S, Files, at
from tests.databases import both_databases, on_sqlite


@pytest.fixture
def files(catalog: Catalog) -> Files:
    return Files(catalog)


@both_databases
def test_what_a_user_waits_for_comes_first_then_what_waited_longest(files: Files) -> None:
    (old,) = files.add("old", due_s=-50)
    (back,) = files.add("back", priority=Priority.BACKGROUND, due_s=-99)
    (wanted,) = files.add("wanted", priority=Priority.USER, due_s=0)
    (new, newer) = files.add("new", "newer", due_s=-20)
    files.add("later", priority=Priority.USER, due_s=1)
    assert files.claim(limit=2) == [wanted, old]
    assert files.claim(limit=9) == [new, newer, back]
    assert files.claim() == []


@both_databases
def test_a_claim_tells_what_is_needed_to_open_the_file(files: Files) -> None:
    (id_,) = files.add("a")
    with files.catalog.write() as session:
        (got,) = claim(session, "w", files.space_id, 5, LEASE_S, at(0))
    assert (got.location_id, got.path, got.size, got.mtime_ns) == (id_, b"/r/a", 10, 1)
    row = files.row(id_)
    assert (row.work, row.lease_owner, row.due_at) == (Work.LEASED, "w", at(LEASE_S))


@both_databases
def test_the_queue_is_counted_by_state_and_by_what_waits_longest(files: Files) -> None:
    files.add("due", "due too", due_s=-40)
    files.add("wanted", priority=Priority.USER, due_s=-7)
    (tried,) = files.add("tried", priority=Priority.USER, due_s=-100)
    assert files.claim(now_s=-99, limit=1) == [tried]
    files.put_off(tried, now_s=0)
    (lost,) = files.add("lost", priority=Priority.USER, due_s=-100)
    assert files.claim(now_s=-90, limit=1) == [lost]  # until -30
    (held,) = files.add("held", priority=Priority.USER, due_s=-20)
    gone = files.add("gone", due_s=-999)
    with files.catalog.write() as session:
        session.execute(
            update(Location)
            .where(Location.id == held)
            .values(work=Work.LEASED, due_at=at(50), lease_owner="w")
        )
        mark_missing(session, files.root_id, gone)
    with files.catalog.read() as session:
        counted = queue_lengths(session, at(0))
    assert counted == {
        "due": QueueLength(3, 40.0),
        "later": QueueLength(1, 0.0),
        "leased": QueueLength(1, 0.0),
        "expired": QueueLength(1, 30.0),
    }
    with files.catalog.write() as session:
        taken = claim(session, "w", files.space_id, 10, LEASE_S, at(0))
    assert {file.location_id for file in taken if file.expired} == {lost}
    assert len(taken) == 4


@both_databases
def test_an_expired_lease_is_work_again_and_the_late_finisher_does_no_harm(files: Files) -> None:
    (id_,) = files.add("a")
    assert files.claim("late") == [id_]
    assert files.claim("next", now_s=LEASE_S - 1) == []
    assert files.claim("next", now_s=LEASE_S) == [id_]
    with files.catalog.write() as session:
        settle(session, "late", [id_], files.space_id, at(LEASE_S + 1))
        quarantine(session, "late", id_, "late")
        assert not put_off(session, "late", id_, "late", at(LEASE_S + 1), last_attempt=1)
        release(session, "late", [id_], at(LEASE_S + 1))
    row = files.row(id_)
    assert (row.work, row.lease_owner, row.error) == (Work.LEASED, "next", None)


@both_databases
def test_a_heartbeat_keeps_what_is_still_held(files: Files) -> None:
    one, two = files.add("a", "b")
    files.claim("w", limit=1)
    files.claim("other")
    with files.catalog.write() as session:
        assert heartbeat(session, "w", [one, two], LEASE_S, at(50)) == {one}
    assert files.claim("next", now_s=70) == [two]
    assert files.claim("next", now_s=50 + LEASE_S) == [one]


@both_databases
def test_attempts_are_put_off_twice_as_long_each_time_up_to_an_hour(files: Files) -> None:
    (id_,) = files.add("a")
    waits: list[float] = []
    now_s = 0.0
    for _ in range(10):
        assert files.claim(now_s=now_s) == [id_]
        assert not files.put_off(id_, now_s)
        due_at = files.row(id_).due_at
        assert due_at is not None
        waits.append((due_at - at(now_s)).total_seconds())
        assert files.claim(now_s=now_s + waits[-1] - 0.1) == []
        now_s += waits[-1]
    assert waits == [min(BACKOFF_S * 2**k, MAX_BACKOFF_S) for k in range(10)]
    row = files.row(id_)
    assert (row.attempts, row.error, row.priority) == (10, "It hangs.", Priority.BACKGROUND)


@both_databases
def test_jitter_spreads_the_second_half_of_the_wait(files: Files) -> None:
    ids = files.add("a", "b")
    files.claim()
    with files.catalog.write() as session:
        for id_, jitter in zip(ids, (0.0, 0.5), strict=True):
            put_off(session, "w", id_, "No.", at(0), jitter=lambda part=jitter: part)  # type: ignore[misc]
    assert [files.row(id_).due_at for id_ in ids] == [at(BACKOFF_S / 2), at(BACKOFF_S * 0.75)]


@both_databases
def test_the_last_attempt_ends_in_quarantine(files: Files) -> None:
    (id_,) = files.add("a")
    ended = []
    for k in range(3):
        files.claim(now_s=k * MAX_BACKOFF_S)
        ended.append(files.put_off(id_, k * MAX_BACKOFF_S, last=3))
    assert ended == [False, False, True]
    row = files.row(id_)
    assert (row.work, row.attempts, row.error, row.due_at) == (Work.FAILED, 3, "It hangs.", None)
    assert files.claim(now_s=1e6) == []


@both_databases
def test_what_is_settled_starts_anew_when_it_is_asked_for_again(files: Files) -> None:
    (id_,) = files.add("a")
    files.claim()
    files.put_off(id_, 0)
    files.claim(now_s=MAX_BACKOFF_S)
    with files.catalog.write() as session:
        settle(session, "w", [id_], files.space_id, at(0))
    row = files.row(id_)
    assert (row.work, row.attempts, row.error, row.lease_owner) == (Work.SETTLED, 0, None, None)
    assert files.claim(now_s=1e6) == []
    with files.catalog.write() as session:
        enqueue(session, [id_], files.space_id, Priority.USER, at(7))
    assert files.claim(now_s=7) == [id_]


@both_databases
def test_a_released_file_is_work_at_once_or_after_a_while(files: Files) -> None:
    one, two = files.add("a", "b")
    files.claim()
    with files.catalog.write() as session:
        release(session, "w", [one], at(1))
        release(session, "w", [two], at(1), delay_s=5)
    assert files.claim(now_s=1) == [one]
    assert files.claim(now_s=6) == [two]
    assert files.row(two).attempts == 0


@both_databases
def test_leases_of_those_who_are_gone_are_freed(files: Files) -> None:
    ids = files.add("a", "b")
    files.claim("dead", limit=1)
    with files.catalog.write() as session:
        release_all(session, at(1))
    assert sorted(files.claim(now_s=1)) == ids


@both_databases
def test_a_file_in_hand_stays_there_when_it_is_asked_for(files: Files) -> None:
    one, two = files.add("a", "b")
    files.claim("alive", limit=1)
    with files.catalog.write() as session:
        enqueue(session, [one, two], files.space_id, Priority.USER, at(1))
        waiting = open_work(session, files.space_id, [Scope(files.root_id)])
    assert files.claim("next", now_s=1) == [two]
    assert files.row(one).lease_owner == "alive"
    assert files.row(one).priority == Priority.USER
    assert (waiting.files, waiting.bytes) == (2, 20)


@both_databases
def test_files_that_are_gone_are_nobodys_work(files: Files) -> None:
    one, two = files.add("a", "b")
    with files.catalog.write() as session:
        mark_missing(session, files.root_id, [one])
    assert files.claim() == [two]


@both_databases
def test_a_scope_holds_what_somebody_waits_for_there(files: Files) -> None:
    names = ["x/a", "x/b/c", "xy", "x", "x0", "w/a"]
    ids = dict(zip(names, files.add(*names, priority=Priority.USER), strict=True))
    files.add("x/background")
    scope = Scope(files.root_id, b"x")
    assert files.claim(scopes=(scope,)) == [ids["x/a"], ids["x/b/c"], ids["x"]]
    assert files.claim(scopes=(Scope(files.root_id + 1),)) == []
    assert files.claim(scopes=(scope, Scope(files.root_id, b"w"))) == [ids["w/a"]]


@both_databases
def test_each_space_has_its_own_work(files: Files) -> None:
    one, two = files.add("a", "b")
    with files.catalog.write() as session:
        session.add(Sound(id="s", size=10))
        session.flush()
        session.add(SoundWindows(sound_id="s", space_id=files.space_id, count=1))
        session.execute(update(Location).where(Location.id == one).values(sound_id="s"))
        enqueue(session, [one, two], files.other_id, Priority.USER, at(0))
    assert files.claim() == []
    assert files.claim(space_id=files.other_id) == [one, two]
    with files.catalog.write() as session:
        settle(session, "w", [one, two], files.other_id, at(5))
    assert files.row(one).work == Work.SETTLED  # the active space has it
    assert files.claim(now_s=5) == [two]  # and lacks this one


@both_databases
def test_a_clock_that_was_ahead_makes_nothing_wait_for_ever(files: Files) -> None:
    leased, tried, soon, fresh = files.add("a", "b", "c", "d", due_s=0)
    year_s = 365 * 86_400.0
    files.claim("dead", limit=1, now_s=year_s)
    with files.catalog.write() as session:
        for id_, due_s, attempts in ((tried, year_s, 1), (soon, 90, 1), (fresh, year_s, 0)):
            row = update(Location).where(Location.id == id_)
            session.execute(row.values(due_at=at(due_s), attempts=attempts))
        clip_due_times(session, at(0), LEASE_S)
    assert files.row(leased).due_at == at(LEASE_S)
    assert files.row(tried).due_at == at(MAX_BACKOFF_S)
    assert files.row(soon).due_at == at(90)
    assert files.row(fresh).due_at == at(LEASE_S)


@both_databases
def test_the_first_time_that_something_is_due(files: Files) -> None:
    with files.catalog.read() as session:
        assert next_due(session, files.space_id) is None
    files.add("a", priority=Priority.BACKGROUND, due_s=40)
    files.add("b", priority=Priority.USER, due_s=70)
    with files.catalog.read() as session:
        assert next_due(session, files.space_id) == at(40)


@both_databases
def test_workers_at_once_never_get_the_same_file(files: Files) -> None:
    ids = files.add(*(f"a{k}" for k in range(400)))
    got: list[int] = []

    def work(name: str) -> None:
        while mine := files.claim(name, limit=7, now_s=1):
            got.extend(mine)

    threads = [threading.Thread(target=work, args=(f"w{k}",)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(got) == Counter(ids)


@both_databases
def test_no_two_transactions_wait_for_each_other_in_a_circle(files: Files) -> None:
    names = [f"a{k}" for k in range(20)]
    ids = files.add(*names)
    files.claim("w", limit=20)
    end = time.monotonic() + 1.5

    def work(seed: int) -> int:
        dice, rounds = random.Random(seed), 0
        while not rounds or time.monotonic() < end:
            some = dice.sample(range(20), 12)
            mine = [ids[k] for k in some]
            with files.catalog.write() as session:
                if seed % 3 == 0:
                    heartbeat(session, "w", mine, LEASE_S, at(0))
                elif seed % 3 == 1:
                    enqueue(session, mine, files.space_id, Priority.USER, at(0))
                else:
                    seen = [SeenFile(names[k].encode(), rounds, 1) for k in some]
                    mark_changed(session, list(zip(mine, seen, strict=True)))
            rounds += 1
        return rounds

    with ThreadPoolExecutor(6) as pool:
        assert min(pool.map(work, range(6))) > 0  # and none was ended by the database


@on_sqlite
def test_a_claim_reads_no_more_rows_than_it_takes(files: Files) -> None:
    """Otherwise claiming from 200,000 files would sort them all, again and again."""
    asked: list[tuple[str, object]] = []

    def listen(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        if sql.startswith("SELECT locations.id"):
            asked.append((sql, values))

    event.listen(Engine, "before_cursor_execute", listen)
    files.claim()
    event.remove(Engine, "before_cursor_execute", listen)
    assert len(asked) == len(Priority)
    with files.catalog.read() as session:
        for sql, values in asked:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()  # type: ignore[arg-type]
            told = "\n".join(row[3] for row in plan)
            assert "USING INDEX ix_locations_queue" in told
            assert "TEMP B-TREE" not in told


@both_databases
def test_the_clock_is_the_databases(files: Files) -> None:
    with files.catalog.read() as session:
        before, now, after = datetime.now(UTC), database_now(session), datetime.now(UTC)
        assert now.tzinfo is UTC
        assert before - timedelta(seconds=1) < now < after + timedelta(seconds=1)
        assert session.scalar(select(text("1"))) == 1
