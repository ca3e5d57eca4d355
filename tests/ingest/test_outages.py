"""A server goes away in the midst of ingest: it waits, goes on, and blames no file."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.catalog.models import Location, Work
from foundsound.errors import Unavailable
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest import outage, worker
from ingest.run import index_paths
from ingest.worker import Worker
from tests.finding import nearest
from tests.postgres_server import PostgresServer
from tests.qdrant_process import QdrantProcess
from tests.waiting import wait_until

pytest_plugins = ["tests.on_servers"]
LIMIT_S = 240.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (outage, worker):
        monkeypatch.setattr(module, "RETRY_S", 0.1)
        monkeypatch.setattr(module, "MAX_RETRY_S", 0.5)


@pytest.fixture
def library(on_servers: Settings) -> Iterator[Library]:
    with Library(on_servers) as opened:
        yield opened


class Run:
    """An index run in a thread; ``at_work`` is called once, when the first file is to be done."""

    def __init__(self, library: Library, path: Path, at_work: Callable[[], None]) -> None:
        self.progress = IndexProgress()
        self.messages: list[str] = []
        self.stop = threading.Event()
        self.failure: Exception | None = None
        self._at_work: Callable[[], None] | None = at_work
        self._thread = threading.Thread(target=self._run, args=(library, path))
        self._thread.start()

    def _run(self, library: Library, path: Path) -> None:
        try:
            index_paths(library, [path], self.progress, self._listen, self.stop)
        except Exception as error:
            self.failure = error

    def _listen(self, progress: IndexProgress) -> None:
        if progress.message not in self.messages[-1:]:
            self.messages.append(progress.message)
        if progress.state == "indexing" and self._at_work is not None:
            at_work, self._at_work = self._at_work, None
            at_work()

    def wait_until_it_waits(self) -> str:
        wait_until(
            lambda: self.progress.message.startswith("Waiting: ") or not self._thread.is_alive()
        )
        assert self.failure is None
        return self.progress.message

    def join(self) -> IndexProgress:
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        assert self.failure is None
        return self.progress


def assert_all_is_well(library: Library) -> None:
    with library.catalog.read() as session:
        rows = session.execute(select(Location.work, Location.attempts, Location.error)).all()
    assert [tuple(row) for row in rows] == [(Work.SETTLED, 0, None)] * 3
    assert len(nearest(library, "noise")) == 3


@pytest.mark.parametrize("way", ["refuses", "stalls", "is gone"])
def test_a_run_waits_for_qdrant(
    library: Library, sounds: Path, own_qdrant: QdrantProcess, way: str
) -> None:
    ways: dict[str, Callable[[], None]] = {
        "refuses": lambda: own_qdrant.fail(status=503),
        "stalls": lambda: own_qdrant.fail(stall_s=30),
        "is gone": own_qdrant.stop,
    }
    run = Run(library, sounds, ways[way])
    try:
        assert "Qdrant" in run.wait_until_it_waits()
    finally:
        if way == "is gone":
            own_qdrant.start()
        else:
            own_qdrant.fail()
    progress = run.join()
    assert (progress.state, progress.message, progress.problem_count) == ("done", "", 0)
    assert_all_is_well(library)


def test_a_run_waits_for_the_database(
    library: Library, sounds: Path, own_postgres: PostgresServer
) -> None:
    run = Run(library, sounds, own_postgres.stop)
    try:
        assert "database" in run.wait_until_it_waits()
    finally:
        own_postgres.start()
    assert run.join().state == "done"
    assert_all_is_well(library)


def test_a_run_that_waits_can_be_stopped(
    library: Library, sounds: Path, own_qdrant: QdrantProcess
) -> None:
    run = Run(library, sounds, lambda: own_qdrant.fail(status=500))
    try:
        run.wait_until_it_waits()
        run.stop.set()
        assert run.join().state == "stopped"
    finally:
        own_qdrant.fail()
    Run(library, sounds, lambda: None).join()
    assert_all_is_well(library)


def test_a_worker_waits_for_both(
    library: Library, sounds: Path, own_qdrant: QdrantProcess, own_postgres: PostgresServer
) -> None:
    index_paths(library, [sounds / "noise.wav"], IndexProgress(), lambda _: None, threading.Event())
    own_qdrant.fail(status=503)
    working = Worker(library)
    try:
        with pytest.raises(Unavailable):
            library.check()
        run = Run(library, sounds, lambda: None)  # its scan goes well, its files cannot be stored
        run.wait_until_it_waits()
        run.stop.set()
        run.join()
        working.start()
        wait_until(lambda: "Qdrant" in working.pulse.waits_for)
        own_qdrant.fail()
        own_postgres.stop()
        wait_until(lambda: "database" in working.pulse.waits_for)
    finally:
        own_qdrant.fail()
        own_postgres.start()
    wait_until(lambda: not working.pulse.waits_for and _is_settled(library))
    working.stop()
    assert_all_is_well(library)


def _is_settled(library: Library) -> bool:
    with library.catalog.read() as session:
        return set(session.scalars(select(Location.work))) == {Work.SETTLED}
