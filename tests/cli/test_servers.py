"""The commands on servers, as a person meets them."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.process import END_S, TIMEOUT_S, Cli
from tests.qdrant_process import QdrantProcess

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path, postgres_url: str, qdrant_server: QdrantProcess) -> Cli:
    servers = {
        "FOUNDSOUND_DATABASE_URL": postgres_url,
        "FOUNDSOUND_QDRANT_URL": qdrant_server.url,
        "FOUNDSOUND_QDRANT_PREFIX": f"test-{uuid4().hex}",
    }
    return Cli(tmp_path / "library", cache_dir, servers)


def test_they_work_side_by_side_while_a_process_serves(cli: Cli, sounds: Path) -> None:
    with cli.serving() as client:
        done = cli.run("index", sounds)  # here, beside the worker over there
        assert done.returncode == 0, done.stderr
        answer = client.post("/search", json={"text": "noise", "show_weak": True})
        assert len(answer.json()["hits"]) == 3
        assert len(cli.json("search", "noise", "--weak")["hits"]) == 3
        status = cli.run("status").stdout
        assert "sounds    3" in status
        assert f"vectors   {cli.variables['FOUNDSOUND_QDRANT_URL']}" in status
        doctor = cli.run("doctor")
        assert doctor.returncode == 0, doctor.stdout
        assert "keeps the vectors" in doctor.stdout


@pytest.mark.parametrize(
    ("name", "url", "told"),
    [
        ("DATABASE", "postgresql://ada:secret@127.0.0.1:1/sounds", "database postgresql+psycopg"),
        ("QDRANT", NOBODY, "The Qdrant server cannot be reached"),
    ],
)
def test_a_server_that_is_away_is_one_sentence(
    cli: Cli, sounds: Path, name: str, url: str, told: str
) -> None:
    cli.run("index", sounds)
    done = cli.run("search", "noise", **{f"FOUNDSOUND_{name}_URL": url})
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_waits_for_servers_that_start_after_it(cli: Cli, tmp_path: Path) -> None:
    late = QdrantProcess(tmp_path / "qdrant")
    started = Cli(cli.data_dir, cli.cache_dir, {**cli.variables, "FOUNDSOUND_QDRANT_URL": late.url})
    try:
        with ended(started.start("serve", "--port", "0"), signal.SIGTERM) as process:
            late.start()
            started.wait_until_open(process)
        assert process.returncode == 0
    finally:
        late.stop()


def test_a_wait_for_a_server_can_be_ended(cli: Cli) -> None:
    waiting = Cli(cli.data_dir, cli.cache_dir, {**cli.variables, "FOUNDSOUND_QDRANT_URL": NOBODY})
    with ended(waiting.start("serve", "--port", "0"), signal.SIGINT):
        time.sleep(0.2)


def test_a_search_that_a_server_holds_up_can_be_ended(
    cli: Cli, sounds: Path, qdrant_server: QdrantProcess
) -> None:
    assert cli.run("index", sounds).returncode == 0
    patient = {**cli.variables, "FOUNDSOUND_QDRANT_TIMEOUT_S": str(TIMEOUT_S)}
    qdrant_server.fail(stall_s=TIMEOUT_S, path="/points/query")
    process = Cli(cli.data_dir, cli.cache_dir, patient).start("search", "noise")
    try:
        while "stalled" not in qdrant_server.asked():
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=END_S)
    finally:
        qdrant_server.fail()
        process.kill()
        process.communicate()
    assert (process.returncode, said) == (130, "")


@contextmanager
def ended(process: subprocess.Popen[str], by: signal.Signals) -> Iterator[subprocess.Popen[str]]:
    """Yields a process that says that it waits for Qdrant; it must end quietly by the signal."""
    try:
        assert process.stderr is not None
        assert "Qdrant" in process.stderr.readline()
        yield process
        process.send_signal(by)
        _, rest = process.communicate(timeout=TIMEOUT_S)
        assert "Traceback" not in rest
    finally:
        process.kill()
        process.communicate()
