"""Runs that any worker may do, claimed by lease; time is an argument everywhere."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from foundsound.catalog.database import Catalog
from foundsound.catalog.runs import (
    KEPT,
    KnownRun,
    RunState,
    StoredRun,
    add_run,
    beat_run,
    claim_run,
    end_run,
    find_run,
    give_back_run,
    open_runs,
    stop_run,
)
from foundsound.indexing import IndexProgress, RunKind
from tests.databases import both_databases

START = datetime(2026, 1, 1, tzinfo=UTC)
LEASE_S = 60.0
BOTH = (RunKind.SWITCH, RunKind.COMPARISON)

pytestmark = both_databases


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def add(catalog: Catalog, kind: RunKind = RunKind.SWITCH) -> int:
    with catalog.write() as session:
        return add_run(session, kind, {"model": "starter"}, START)


def take(catalog: Catalog, worker: str, seconds: float = 0.0, *kinds: RunKind) -> int | None:
    with catalog.write() as session:
        run = claim_run(session, worker, kinds or BOTH, LEASE_S, later(seconds))
        return None if run is None else run.id


def look(catalog: Catalog, run_id: int) -> KnownRun:
    with catalog.read() as session:
        run = find_run(session, run_id)
    assert run is not None
    return run


def test_one_of_a_kind_is_done_at_a_time_and_the_oldest_first(catalog: Catalog) -> None:
    first, second, other = add(catalog), add(catalog), add(catalog, RunKind.COMPARISON)
    assert take(catalog, "a") == first
    assert take(catalog, "b") == other  # not the second change
    assert take(catalog, "c") is None
    with catalog.write() as session:
        end_run(session, first, "a", IndexProgress(state="done"))
    assert take(catalog, "c", 0, RunKind.COMPARISON) is None
    assert take(catalog, "c") == second
    with catalog.read() as session:
        assert [run.id for run in open_runs(session)] == [second, other]


def test_a_silent_worker_loses_its_run(catalog: Catalog) -> None:
    run_id = add(catalog)
    assert take(catalog, "a") == run_id
    with catalog.write() as session:
        progress = IndexProgress(state="indexing", files_done=3)
        assert beat_run(session, run_id, "a", progress, LEASE_S, later(50)) is False
    assert take(catalog, "b", 100) is None  # the beat holds it
    assert take(catalog, "b", 111) == run_id
    assert look(catalog, run_id).progress.files_done == 3
    with catalog.write() as session:  # who comes back too late changes nothing
        assert beat_run(session, run_id, "a", IndexProgress(), LEASE_S, later(112)) is None
        end_run(session, run_id, "a", IndexProgress(state="failed"))
        give_back_run(session, run_id, "a", later(112))
    assert (look(catalog, run_id).state, look(catalog, run_id).worker) == (RunState.LEASED, "b")


def test_what_is_given_back_is_taken_again(catalog: Catalog) -> None:
    run_id = add(catalog)
    assert take(catalog, "a") == run_id
    with catalog.write() as session:
        give_back_run(session, run_id, "a", later(5))
    assert take(catalog, "b", 4) is None
    assert take(catalog, "b", 5) == run_id


def test_it_is_stopped_at_once_or_by_its_worker(catalog: Catalog) -> None:
    waiting, running = add(catalog), add(catalog, RunKind.COMPARISON)
    assert take(catalog, "a", 0, RunKind.COMPARISON) == running
    with catalog.write() as session:
        stop_run(session, waiting)
        stop_run(session, running)
        assert beat_run(session, running, "a", IndexProgress(), LEASE_S, later(1)) is True
    assert (look(catalog, waiting).state, look(catalog, waiting).progress.state) == (
        RunState.ENDED,
        "stopped",
    )
    assert look(catalog, running).state == RunState.LEASED


def test_old_ones_are_forgotten(catalog: Catalog) -> None:
    waiting = add(catalog, RunKind.COMPARISON)
    for _ in range(KEPT + 3):
        run_id = add(catalog)
        assert take(catalog, "a", 0, RunKind.SWITCH) == run_id
        with catalog.write() as session:
            end_run(session, run_id, "a", IndexProgress(state="done"))
    with catalog.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredRun)) == KEPT + 1
        assert find_run(session, waiting) is not None
