"""The servers' own health checks, run against servers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.postgres_server import PostgresServer, find_programs
from tests.qdrant_process import QdrantProcess
from tests.studio.compose_file import services


@pytest.fixture
def qdrant() -> Iterator[QdrantProcess]:
    process = QdrantProcess(api_key="k" * 40)  # it asks nobody for a key who asks how it is
    process.start()
    yield process
    process.stop()


def healthy(service: str, *here: tuple[str, str]) -> bool:
    """What its check says, with some of its words as they are on this machine."""
    kind, *command = services()[service]["healthcheck"]["test"]
    assert kind == "CMD"
    for there, ours in here:
        assert there in " ".join(command)
        command = [word.replace(there, ours) for word in command]
    return subprocess.run(command, capture_output=True, timeout=240, check=False).returncode == 0


def test_qdrant_is_healthy_while_it_is_ready(qdrant: QdrantProcess) -> None:
    at = ("127.0.0.1/6333", f"127.0.0.1/{httpx.URL(qdrant.url).port}")
    assert healthy("qdrant", at)
    qdrant.fail(status=503)
    assert not healthy("qdrant", at)
    qdrant.stop()
    assert not healthy("qdrant", at)


def test_postgresql_is_healthy_while_it_answers(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    program = ("pg_isready", str(find_programs() / "pg_isready"))
    # By TCP: while the image makes the database, a first server answers on a socket alone.
    assert healthy("postgres", program, ("127.0.0.1", str(postgres_server.folder)))
    assert not healthy("postgres", program, ("127.0.0.1", str(tmp_path)))
