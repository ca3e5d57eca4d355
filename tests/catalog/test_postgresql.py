"""What only PostgreSQL does: it refuses, goes away, and has rules of comparing of its own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text

from foundsound.catalog import postgresql
from foundsound.catalog.database import Catalog
from foundsound.catalog.limits import DatabaseLimits
from foundsound.catalog.models import Location, Root
from foundsound.errors import InvalidRequest, LibraryError, Unavailable
from tests.databases import on_postgresql
from tests.postgres_server import PostgresServer


@on_postgresql
def test_text_is_compared_by_its_bytes(catalog: Catalog) -> None:
    names = ["a", "B", "Z", "c", "é", "_", "Ä"]
    with catalog.write() as session:
        root = Root(path=b"/")
        session.add(root)
        session.flush()
        for name in names:
            where = {"raw_path": name.encode(), "path": name}
            session.add(Location(root_id=root.id, size=1, mtime_ns=1, **where))
    with catalog.read() as session:
        assert list(session.scalars(select(Location.path).order_by(Location.path))) == sorted(names)
        unlike = session.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND collation_name IS DISTINCT FROM 'C'"
                " AND data_type IN ('text', 'character varying', 'character')"
            )
        )
        assert unlike.all() == []


@on_postgresql
def test_those_who_write_together_do_not_wait_unless_they_ask(catalog: Catalog) -> None:
    done = threading.Event()

    def write_beside() -> None:
        with catalog.write() as session:
            session.add(Root(path=b"/beside"))
        done.set()

    with catalog.write(alone=True) as session:
        session.add(Root(path=b"/a"))
        session.flush()
        thread = threading.Thread(target=write_beside)
        thread.start()
        assert done.wait(60)
    thread.join()


@pytest.mark.parametrize("url", ["mysql://host/x", "nonsense", "sqlite:///x"])
def test_an_address_of_something_else_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(LibraryError, match="must look like postgresql://"):
        Catalog(tmp_path, url)


def test_nobody_there_is_worth_another_try_and_tells_no_password(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1.*refused") as refused:
        Catalog(tmp_path, "postgresql://ada:secret@127.0.0.1:1/sounds")
    assert "secret" not in str(refused.value)


def test_what_will_not_get_better_is_no_outage(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with pytest.raises(LibraryError, match="does not exist"):
        Catalog(tmp_path, postgres_server.url("never_made"))
    name = postgres_server.create_database("template0", "ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc")
    try:
        with pytest.raises(LibraryError, match="ENCODING 'UTF8'"):
            Catalog(tmp_path, postgres_server.url(name))
    finally:
        postgres_server.drop_database(name)


@on_postgresql
def test_a_statement_that_takes_too_long_is_ended(tmp_path: Path, database_url: str) -> None:
    catalog = Catalog(tmp_path, database_url, DatabaseLimits(statement_s=1.0))
    with pytest.raises(Unavailable, match="statement timeout"), catalog.read() as session:
        session.execute(text("SELECT pg_sleep(30)"))
    catalog.close()


@on_postgresql
def test_a_lock_that_another_holds_is_not_waited_for_without_end(
    tmp_path: Path, database_url: str
) -> None:
    catalog = Catalog(tmp_path, database_url, DatabaseLimits(lock_s=1.0))
    beside = Catalog(tmp_path, database_url)

    def write_beside() -> None:
        with catalog.write(alone=True):
            pass

    with beside.write(alone=True):
        with pytest.raises(Unavailable, match="lock timeout"):
            write_beside()
        with catalog.write() as session:  # what needs no lock goes on
            session.add(Root(path=b"/a"))
    write_beside()
    for opened in (catalog, beside):
        opened.close()


@on_postgresql
def test_a_transaction_that_was_forgotten_gives_its_locks_free(
    tmp_path: Path, database_url: str
) -> None:
    forgetful = Catalog(tmp_path, database_url, DatabaseLimits(idle_s=5.0))
    beside = Catalog(tmp_path, database_url)
    waited = threading.Event()

    def forget() -> None:
        with forgetful.write(alone=True) as session:
            session.add(Root(path=b"/forgotten"))
            session.flush()
            with beside.write(alone=True):
                waited.set()
            session.flush()
            session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        forget()
    assert waited.is_set()
    with forgetful.write() as session:  # on another connection
        session.add(Root(path=b"/kept"))
    with beside.read() as session:
        assert session.scalars(select(Root.path)).all() == [b"/kept"]
    for opened in (forgetful, beside):
        opened.close()


@on_postgresql
def test_no_more_connections_are_taken_than_allowed(tmp_path: Path, database_url: str) -> None:
    catalog = Catalog(tmp_path, database_url, DatabaseLimits(pool=2, overflow=1))
    together = threading.Barrier(4, timeout=120)  # three that hold one, and this test
    let_go = threading.Event()
    own = text("SELECT pg_backend_pid()")

    def hold() -> int:
        with catalog.read() as session:
            mine = int(session.scalar(own) or 0)
            together.wait()
            let_go.wait(120)
            return mine

    def read() -> int:
        with catalog.read() as session:
            return int(session.scalar(own) or 0)

    with ThreadPoolExecutor(4) as pool:
        holding = [pool.submit(hold) for _ in range(3)]
        together.wait()
        fourth = pool.submit(read)
        with pytest.raises(TimeoutError):
            fourth.result(timeout=1)
        let_go.set()
        processes = {held.result() for held in holding}
        assert len(processes) == 3
        assert fourth.result() in processes
    count = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    deadline = time.monotonic() + 120
    while True:  # the server ends those that were closed in its own time
        with catalog.read() as session:
            open_now = session.scalar(count)
        if open_now == 2:
            break
        assert time.monotonic() < deadline, open_now
        time.sleep(0.05)
    catalog.close()


@on_postgresql
def test_a_connection_that_the_server_ended_is_replaced_before_its_use(
    catalog: Catalog, tmp_path: Path, postgres_url: str
) -> None:
    mine = text("SELECT pg_backend_pid()")
    with catalog.read() as session:
        before = session.scalar(mine)
    beside = Catalog(tmp_path, postgres_url)
    with beside.read() as session:
        ended = session.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": before})
    assert ended
    with catalog.read() as session:
        after = session.scalar(mine)
    with catalog.rows() as connection:
        assert connection.execute(mine).scalar_one() == after != before
    beside.close()


@on_postgresql
@pytest.mark.parametrize(("type_", "wrong"), [("text", "a\0b"), ("bigint", 2**70)])
def test_what_it_cannot_hold_is_the_senders_fault(
    catalog: Catalog, type_: str, wrong: object
) -> None:
    statement = text(f"SELECT CAST(:wrong AS {type_})")
    with pytest.raises(InvalidRequest, match="cannot hold"), catalog.read() as session:
        session.execute(statement, {"wrong": wrong})


def test_it_goes_on_when_the_server_is_back(tmp_path: Path) -> None:
    server = PostgresServer()
    try:
        server.start()
        catalog = Catalog(tmp_path, server.url(server.create_database()))
        with catalog.write() as session:
            session.add(Root(path=b"/a"))

        def stop_midway() -> None:
            with catalog.write() as session:
                session.add(Root(path=b"/lost"))
                session.flush()
                server.stop()

        with pytest.raises(Unavailable):
            stop_midway()
        with pytest.raises(Unavailable), catalog.read() as session:
            session.scalars(select(Root)).all()
        server.start()
        with catalog.read() as session:
            assert session.scalars(select(Root.path)).all() == [b"/a"]
        server.stop()
        server.start()
        with catalog.write() as session:  # the pool's connections died unnoticed
            session.add(Root(path=b"/b"))
        catalog.close()
    finally:
        server.remove()


def test_a_server_that_froze_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "GRACE_S", 0.5)
    monkeypatch.setattr(postgresql, "CONNECT_S", 2)
    server = PostgresServer()
    try:
        server.start()
        url = server.url(server.create_database())
        catalog = Catalog(tmp_path, url, DatabaseLimits(statement_s=1.0))

        def freeze_midway() -> None:
            with catalog.write() as session:
                session.add(Root(path=b"/lost"))
                session.flush()
                server.freeze()

        started = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer within 2 s"):
            freeze_midway()
        with pytest.raises(Unavailable):
            catalog.check()  # the connections in the pool, and new ones
        assert time.monotonic() - started < 60
        server.thaw()
        with catalog.write() as session:
            session.add(Root(path=b"/found"))
        with catalog.read() as session:
            assert b"/found" in session.scalars(select(Root.path)).all()
        catalog.close()
    finally:
        server.thaw()
        server.remove()
