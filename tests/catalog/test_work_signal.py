"""Signals of new work: heard at once, by everybody, on any machine that shares the database."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from foundsound.catalog import postgres_signal
from foundsound.catalog.database import Catalog
from foundsound.catalog.work_signal import InProcessSignal, WorkSignal
from tests.databases import both_databases
from tests.postgres_server import PostgresServer


def heard_by(signals: list[WorkSignal], give: Callable[[], None]) -> list[bool]:
    """Who hears a signal that is given once all of them wait."""
    ready = threading.Barrier(len(signals) + 1)
    heard: list[bool] = []

    def wait(signal: WorkSignal) -> None:
        while signal.wait(0.3):  # until this thread has heard what there was
            pass
        ready.wait()
        heard.append(signal.wait(60.0))

    threads = [threading.Thread(target=wait, args=(signal,)) for signal in signals]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.monotonic()
    give()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 30
    return heard


@both_databases
def test_every_thread_hears_it(catalog: Catalog) -> None:
    assert heard_by([catalog.signal] * 3, catalog.signal.notify) == [True] * 3


@both_databases
def test_without_a_signal_the_wait_ends_in_time(catalog: Catalog) -> None:
    started = time.monotonic()
    while catalog.signal.wait(0.3):  # whoever begins to listen may have missed something
        started = time.monotonic()
    assert 0.3 <= time.monotonic() - started < 30


def test_one_that_came_before_the_wait_is_not_missed() -> None:
    signal = InProcessSignal()
    signal.notify()
    assert signal.wait(0.0)
    assert not signal.wait(0.0)


def test_other_processes_hear_it(tmp_path: Path, postgres_url: str) -> None:
    here, there, enqueuing = (Catalog(tmp_path, postgres_url) for _ in range(3))
    assert heard_by([here.signal, there.signal], enqueuing.signal.notify) == [True, True]
    for catalog in (here, there, enqueuing):
        catalog.close()


def test_signals_are_heard_again_after_the_server_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(postgres_signal, "RECONNECT_S", 0.2)
    server = PostgresServer()
    try:
        server.start()
        url = server.url(server.create_database())
        waiting, enqueuing = Catalog(tmp_path, url), Catalog(tmp_path, url)
        assert heard_by([waiting.signal], enqueuing.signal.notify) == [True]
        assert heard_by([waiting.signal], server.stop) == [True]  # something may have come
        enqueuing.signal.notify()  # reaches nobody, and is no error
        server.start()
        assert heard_by([waiting.signal], enqueuing.signal.notify) == [True]
        waiting.close()
        enqueuing.close()
    finally:
        server.remove()
    (told,) = (record for record in caplog.records if record.levelno >= logging.WARNING)
    assert "foundsound_work is not heard" in told.getMessage()
    assert told.exc_info is None


def test_nobody_waits_on_after_the_catalogue_is_closed(tmp_path: Path, postgres_url: str) -> None:
    catalog = Catalog(tmp_path, postgres_url)
    while catalog.signal.wait(0.3):
        pass
    waiting = threading.Thread(target=catalog.signal.wait, args=(60.0,))
    waiting.start()
    catalog.close()
    waiting.join(50)
    assert not waiting.is_alive()
