"""The port beside the work tells what is counted, and whether the loops turn."""

import socket
from types import SimpleNamespace

import httpx
import pytest

from foundsound import pulse
from foundsound.errors import InvalidRequest
from foundsound.metrics_port import metrics_port
from foundsound.pulse import Pulse, StopSignal


def test_a_loop_that_does_not_turn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, watcher = Pulse("worker"), Pulse("watcher")
    watcher.waits_for = "The database is away."
    with (
        metrics_port("127.0.0.1", 0, [worker, watcher]) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        well = client.get("/healthz")
        assert (well.status_code, well.json()["status"]) == (200, "ok")
        # Waiting for a server is no reason to be started again.
        assert well.json()["loops"]["watcher"]["waits_for"] == "The database is away."
        monkeypatch.setattr(pulse, "STUCK_S", -1.0)
        stuck = client.get("/healthz")
        assert (stuck.status_code, stuck.json()["status"]) == (503, "stuck")
        assert stuck.json()["loops"]["worker"]["stuck"] is True
        assert "foundsound_files_done_total" in client.get("/metrics").text
        assert client.get("/owner.json").status_code == 404


def test_whoever_looks_at_the_stop_signal_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Pulse("worker")
    stop = StopSignal(worker)
    now = iter((100.0, 130.0, 130.0, 131.0))
    monkeypatch.setattr(pulse, "time", SimpleNamespace(monotonic=now.__next__))
    worker.turn()
    assert worker.beat.turned_s_ago == 30.0
    assert not stop.is_set()
    assert worker.beat.turned_s_ago == 1.0
    monkeypatch.undo()
    stop.set()
    assert stop.is_set()


def test_there_is_no_port_unless_one_is_named() -> None:
    with metrics_port("127.0.0.1", None, []) as port:
        assert port is None
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(InvalidRequest, match="FOUNDSOUND_METRICS_PORT"),
        metrics_port("127.0.0.1", taken.getsockname()[1], []),
    ):
        pass
