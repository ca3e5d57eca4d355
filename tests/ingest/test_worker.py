"""The worker in a thread of this process: what it takes, gives back, waits out."""

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from foundsound.catalog.models import Location, Priority, SoundWindows, Work, utc_now
from foundsound.catalog.queue import claim
from foundsound.errors import InvalidRequest, LibraryError
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.parts import ItemPart
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from foundsound.vectors.index import WindowPoint
from ingest.claims import Claims
from ingest.decoder_process import DecoderProcess
from ingest.events import Claimed, Copy, Elsewhere, Event
from ingest.job import decode_job
from ingest.leases import Leases
from ingest.pipeline import Pipeline
from ingest.prepare import Attempt, prepare
from ingest.reconcile import reconcile
from ingest.runs import BackgroundRuns
from ingest.work_item import WorkItem
from ingest.worker import Worker
from tests.databases import both_databases
from tests.ingest.decoding import children, meddle
from tests.ingest.switching import NEW, switch
from tests.signals import noise, tone, write
from tests.waiting import wait_until


def states(library: Library) -> dict[Work, int]:
    with library.catalog.read() as session:
        rows = session.execute(select(Location.work, func.count()).group_by(Location.work))
        return {work: count for work, count in rows}  # noqa: C416


def embedded(library: Library) -> int:
    with library.catalog.read() as session:
        count = select(func.count()).where(SoundWindows.space_id == library.space_id)
        return session.scalar(count) or 0


def scan(library: Library, folder: Path) -> None:
    reconcile(library, folder, threading.Event())


@contextmanager
def working(library: Library) -> Iterator[Worker]:
    worker = Worker(library)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def test_it_takes_up_what_a_scan_finds_at_once(library: Library, sounds: Path) -> None:
    with working(library):
        time.sleep(0.5)  # it waits by now, for half a minute if nobody wakes it
        scan(library, sounds)
        wait_until(lambda: states(library) == {Work.SETTLED: 3})
        write(sounds / "later.wav", tone(1.0, 150.0))
        scan(library, sounds)
        wait_until(lambda: states(library) == {Work.SETTLED: 4})
    assert embedded(library) == library.vectors.count() == 4
    assert children() == []


@both_databases
def test_what_it_had_in_hand_is_given_back_when_it_stops(library: Library, tmp_path: Path) -> None:
    for k in range(40):
        write(tmp_path / "in" / f"{k}.wav", noise(1.0, seed=k))
    scan(library, tmp_path / "in")
    begun = threading.Event()

    def dawdle(_: int) -> None:
        begun.set()
        assert worker._interrupt.wait(120)

    embedder = meddle(library, dawdle)
    embedder.batch_windows = 4
    with working(library) as worker:
        assert begun.wait(120)
        assert states(library).get(Work.LEASED, 0) > 0
        worker.stop()
    assert embedder.calls <= 2  # the next one may have begun
    left = states(library)
    assert left.get(Work.LEASED, 0) == 0
    assert left[Work.PENDING] + left.get(Work.SETTLED, 0) == 40
    assert embedded(library) == left.get(Work.SETTLED, 0)
    with library.catalog.read() as session:
        assert session.scalar(select(func.max(Location.attempts))) == 0


@both_databases
def test_two_workers_share_the_work_and_embed_no_content_twice(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    for k in range(30):
        write(folder / f"{k}.wav", noise(1.0, seed=k))
        shutil.copy(folder / f"{k}.wav", folder / f"{k}-copy.wav")
    scan(library, folder)
    embedder = meddle(library, lambda _: time.sleep(0.05))
    with working(library), working(library):
        wait_until(lambda: states(library) == {Work.SETTLED: 60})
    assert embedded(library) == library.vectors.count() == embedder.windows == 30


@both_databases
def test_a_copy_that_is_given_back_does_not_free_its_content(
    library: Library, tmp_path: Path
) -> None:
    write(tmp_path / "in" / "a.wav", noise(1.0))
    shutil.copy(tmp_path / "in" / "a.wav", tmp_path / "in" / "b.wav")
    scan(library, tmp_path / "in")
    with (
        Leases(library, library.space_id) as one,
        Leases(library, library.space_id) as other,
        ExitStack() as stack,
    ):
        decoder = DecoderProcess(decode_job(library, library.space), 60.0)
        stack.callback(decoder.rest)
        ours, theirs = Claims(), Claims()

        def become_of(item: WorkItem | None, leases: Leases, claims: Claims) -> Event:
            assert item is not None
            events: list[Event] = []
            prepare(library, library.space, Attempt(item), leases, claims, decoder, events.append)
            return events[0]

        first, copy = one.take(), one.take()
        assert isinstance(become_of(first, one, ours), Claimed)
        assert isinstance(become_of(copy, one, ours), Copy)
        assert copy is not None
        one.give_back([copy])
        assert isinstance(become_of(other.take(), other, theirs), Elsewhere)


def test_a_failure_that_is_no_files_fault_is_waited_out(
    library: Library, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upsert, calls = library.vectors.upsert, [0]

    def full(points: Sequence[WindowPoint]) -> None:
        calls[0] += 1
        if calls[0] == 1:
            raise LibraryError("The disk is full.")
        upsert(points)

    monkeypatch.setattr(library.vectors, "upsert", full)
    scan(library, sounds)
    with working(library) as worker:
        wait_until(lambda: worker.pulse.waits_for == "The disk is full.")
        wait_until(lambda: states(library) == {Work.SETTLED: 3})
        wait_until(lambda: worker.pulse.waits_for == "")
    with library.catalog.read() as session:
        assert session.scalars(select(Location.attempts)).all() == [0, 0, 0]


def test_heartbeats_keep_what_takes_longer_than_a_lease(library: Library, sounds: Path) -> None:
    library.settings = library.settings.model_copy(update={"lease_s": 3.0})  # a beat a second

    def ends() -> datetime:
        with library.catalog.read() as session:
            first: datetime | None = session.scalar(select(func.min(Location.due_at)))
        assert first is not None
        return first

    scan(library, sounds)
    looked = threading.Event()

    def dawdle(_: int) -> None:
        assert looked.wait(120)

    meddle(library, dawdle)
    with working(library):
        wait_until(lambda: states(library).get(Work.LEASED) == 3)
        without = ends()
        wait_until(lambda: ends() > without + timedelta(seconds=3.0))
        with library.catalog.write() as session:
            # When they would have been free. By the clock, a machine that stood still has none.
            late = without + timedelta(seconds=1.0)
            assert claim(session, "thief", library.space_id, 9, 1.0, late) == []
        looked.set()
        wait_until(lambda: states(library) == {Work.SETTLED: 3})


@both_databases
def test_who_comes_too_late_does_no_harm(library: Library, sounds: Path) -> None:
    """Its files went to another worker: that one's claim stays, and the vectors are the same."""

    def steal(_: int) -> None:
        with library.catalog.write() as session:
            session.execute(update(Location).values(lease_owner="other"))

    scan(library, sounds)
    meddle(library, steal)
    with Leases(library, library.space_id) as leases:
        Pipeline(
            library, library.space, leases, IndexProgress(), lambda _: None, threading.Event()
        ).run()
    assert states(library) == {Work.LEASED: 3}
    with library.catalog.read() as session:
        assert set(session.scalars(select(Location.lease_owner))) == {"other"}
    later = utc_now() + timedelta(hours=1)
    with library.catalog.write() as session:
        assert len(claim(session, "next", library.space_id, 9, 60, later)) == 3


@both_databases
def test_a_ctrl_c_between_a_claim_and_its_answer_gives_the_files_back(
    library: Library, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CtrlC:
        def inc(self, _: float) -> None:
            assert states(library) == {Work.LEASED: 3}
            raise KeyboardInterrupt

    scan(library, sounds)
    monkeypatch.setattr("ingest.leases.EXPIRED", CtrlC())
    with pytest.raises(KeyboardInterrupt), Leases(library, library.space_id) as leases:
        leases.take()
    assert states(library) == {Work.PENDING: 3}


def test_a_copy_stands_in_for_a_file_that_is_gone(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    first = write(folder / "a.wav", noise(90.0, 8000), 8000)
    shutil.copy(first, folder / "b.wav")
    scan(library, folder)

    def spoil(batch: int) -> None:
        if batch == 0:
            first.write_bytes(b"")

    meddle(library, spoil).batch_windows = 1  # so that queues hold less than the file
    with working(library):
        wait_until(lambda: embedded(library) == 1)
        wait_until(lambda: states(library) == {Work.SETTLED: 1, Work.PENDING: 1})


def test_nothing_is_remembered_of_what_is_done(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for k in range(20):
        write(folder / f"{k}.wav", noise(1.0, seed=k))
    shutil.copy(folder / "0.wav", folder / "copy.wav")
    for k in range(3):
        (folder / f"bad{k}.wav").write_text("no sound")
    scan(library, folder)
    with Leases(library, library.space_id) as leases:
        pipeline = Pipeline(
            library, library.space, leases, IndexProgress(), lambda _: None, threading.Event()
        )
        pipeline.run()
        assert leases._held == {}
    assert (pipeline._sounds, pipeline._ready, pipeline._known) == ({}, {}, [])
    assert pipeline._claims._taken == set()


def test_an_index_run_has_the_machine_to_itself(library: Library, tmp_path: Path) -> None:
    for k in range(30):
        write(tmp_path / "much" / f"{k}.wav", noise(1.0, seed=k))
    mine = write(tmp_path / "mine" / "mine.wav", tone(1.0))
    scan(library, tmp_path / "much")
    asked = threading.Event()

    def wait(_: int) -> None:
        assert asked.wait(120)

    meddle(library, wait)
    with working(library) as worker:
        wait_until(lambda: states(library).get(Work.LEASED, 0) > 0)
        runs = BackgroundRuns(library, worker)
        run_id = runs.start([mine.parent])
        asked.set()
        wait_until(lambda: runs.progress(run_id).state == "done")
        assert runs.progress(run_id).embedded == 1
        runs.close()
        wait_until(lambda: states(library) == {Work.SETTLED: 31})


def test_it_goes_on_with_the_model_that_takes_over(library: Library, sounds: Path) -> None:
    scan(library, sounds)
    with working(library):
        wait_until(lambda: states(library) == {Work.SETTLED: 3})
        switch(library)
        assert library.embedder.name == NEW
        write(sounds / "later.wav", tone(1.0, 150.0))
        scan(library, sounds)
        wait_until(lambda: states(library) == {Work.SETTLED: 4})
    assert embedded(library) == library.vectors.count() == 4


def test_what_a_user_waits_for_is_decoded_first(library: Library, tmp_path: Path) -> None:
    for k in range(3):
        write(tmp_path / "in" / f"{k}.wav", noise(1.0, seed=k))
    scan(library, tmp_path / "in")
    with library.catalog.write() as session:
        last = session.scalar(select(func.max(Location.id)))
        session.execute(update(Location).where(Location.id == last).values(priority=Priority.USER))
    with Leases(library, library.space_id) as leases:
        first = leases.take()
    assert first is not None
    assert first.location_id == last


def test_a_machine_may_have_the_folders_elsewhere(
    settings: Settings, sounds: Path, tmp_path: Path
) -> None:
    with Library(settings) as library:
        scan(library, sounds)
    there = tmp_path / "mnt" / "sfx"
    there.parent.mkdir()
    sounds.rename(there)
    mapped = settings.model_copy(update={"path_map": f"{sounds}={there}"})
    with Library(mapped) as library:
        with pytest.raises(InvalidRequest, match=f"The library knows {there} as {sounds}"):
            scan(library, there)
        with working(library):
            wait_until(lambda: states(library) == {Work.SETTLED: 3})
        found = Searcher(library).by_text("white noise").hits
        assert {hit.path for hit in found} >= {str(sounds / "noise.wav")}
        (noise_,) = (hit for hit in found if hit.path.endswith("noise.wav"))
        stretch = ItemPart(sound_id=noise_.sound_id, start_s=0.5, end_s=1.5)
        assert (
            Searcher(library).search(Query(parts=(stretch,), show_weak=True)).hits
        )  # the file itself was read


@both_databases
def test_a_run_of_a_server_that_does_not_work_follows_the_workers(
    library: Library, sounds: Path
) -> None:
    (sounds / "broken.wav").write_bytes(b"no audio")
    runs = BackgroundRuns(library, elsewhere=True)
    run_id = runs.start([sounds])
    wait_until(lambda: runs.progress(run_id).state == "indexing")
    waiting = runs.progress(run_id)
    assert (waiting.new, waiting.files_total, waiting.files_done) == (4, 4, 0)
    assert embedded(library) == 0
    assert children() == []
    with working(library):
        wait_until(lambda: runs.progress(run_id).state == "done")
    done = runs.progress(run_id)
    assert (done.files_total, done.files_done, done.elsewhere, done.embedded) == (4, 4, 4, 0)
    assert embedded(library) == 3

    write(sounds / "later.wav", tone(1.0, 150.0))
    stopped = runs.start([sounds])
    wait_until(lambda: runs.progress(stopped).files_total == 1)
    runs.stop(stopped)
    wait_until(lambda: runs.progress(stopped).state == "stopped")
    assert states(library)[Work.PENDING] == 1
    runs.close()
