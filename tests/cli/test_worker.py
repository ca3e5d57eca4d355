"""``foundsound worker`` and ``serve`` in their own processes, ended by signals."""

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from tests.process import END_S, TIMEOUT_S, Cli
from tests.signals import noise, write

FILES = 20


def works(cli: Cli) -> dict[str, int]:
    """How many files are in which state, as another process sees it."""
    file = cli.data_dir / "catalog.sqlite"
    if not file.exists():
        return {}
    # While the file is being made a reader would be in the way.
    with FileLock(cli.data_dir / "catalog.lock"), closing(sqlite3.connect(file)) as connection:
        try:
            rows = connection.execute("SELECT work, count(*) FROM locations GROUP BY work")
        except sqlite3.OperationalError:  # the tables are being made
            return {}
        return dict(rows.fetchall())


def wait_until_leased(cli: Cli, process: "subprocess.Popen[str]") -> None:
    for _ in range(4800):
        if works(cli).get("leased"):
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("nothing was claimed in time")


def cpu_s_of(process: "subprocess.Popen[str]", over_s: float) -> float:
    before = psutil.Process(process.pid).cpu_times()
    time.sleep(over_s)
    after = psutil.Process(process.pid).cpu_times()
    return float(after.user + after.system - before.user - before.system)


@pytest.fixture
def waiting(cli: Cli, tmp_path: Path) -> Path:
    """A folder of sounds that wait in the queue."""
    for k in range(FILES - 1):
        write(tmp_path / "many" / f"{k:02}.wav", noise(12.0, seed=k))
    write(tmp_path / "many" / "held.wav", noise(12.0, seed=FILES))
    process = cli.start_held("index", tmp_path / "many")
    try:
        wait_until_leased(cli, process)
    finally:
        process.kill()
        process.communicate()
    with closing(sqlite3.connect(cli.data_dir / "catalog.sqlite")) as connection, connection:
        # So that what is leased from now on is in the hands of the worker.
        connection.execute(
            "UPDATE locations SET work = 'pending', due_at = '2026-01-01 00:00:00.000000' "
            "WHERE work = 'leased'"
        )
    return tmp_path / "many"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_returns_what_it_has(
    cli: Cli, waiting: Path, how: signal.Signals
) -> None:
    process = cli.start_held("worker")
    wait_until_leased(cli, process)
    below = psutil.Process(process.pid).children(recursive=True)
    started = time.monotonic()
    process.send_signal(how)
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert time.monotonic() - started < END_S
    assert process.returncode == 0
    assert "This worker embeds with starter-bridge" in told
    assert "Traceback" not in told
    states = works(cli)
    assert "leased" not in states
    assert states.get("pending", 0) + states.get("settled", 0) == FILES
    _, alive = psutil.wait_procs(below, timeout=30)
    assert alive == []


def test_a_worker_empties_the_queue_and_waits(cli: Cli, waiting: Path) -> None:
    process = cli.start("worker")
    try:
        for _ in range(4800):
            if works(cli) == {"settled": FILES}:
                break
            assert process.poll() is None
            time.sleep(0.05)
        assert works(cli) == {"settled": FILES}
        busy = cli.run("worker")
        assert busy.returncode == 2
        assert "foundsound serve" in busy.stderr
        assert any(cpu_s_of(process, over_s=2.0) < 0.05 for _ in range(10))
    finally:
        process.terminate()
        process.communicate(timeout=TIMEOUT_S)


LOST = """
from foundsound.cli.app import main
from foundsound.embedding.starter.bridge_model import BridgeEmbedder
def lost(*_):
    raise RuntimeError("CUDA error: an illegal memory access was encountered\\nCompile with ...")
BridgeEmbedder.embed_audio = lost
main()
"""


@pytest.mark.parametrize("command", ["worker", "index"])
def test_a_lost_gpu_ends_the_process_with_a_sentence(cli: Cli, waiting: Path, command: str) -> None:
    process = cli.start(command, *([waiting] if command == "index" else []), code=LOST)
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2, told
    assert "The GPU failed" in " ".join(told.split())
    assert "illegal memory access" in " ".join(told.split())
    assert "Traceback" not in told
    assert "leased" not in works(cli)
