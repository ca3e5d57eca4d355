"""Several ``foundsound worker`` processes and one change of the model, on real servers."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, SoundWindows, Space, Work
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from ingest.scan import Scan, scan_root
from tests.ingest.switching import NEW, OLD
from tests.process import CODE, TIMEOUT_S, Cli
from tests.qdrant_process import QdrantProcess
from tests.signals import noise, write
from tests.waiting import wait_until

SOUNDS = 12


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path, postgres_url: str, qdrant_server: QdrantProcess) -> Cli:
    servers = {
        "FOUNDSOUND_DATABASE_URL": postgres_url,
        "FOUNDSOUND_QDRANT_URL": qdrant_server.url,
        "FOUNDSOUND_QDRANT_PREFIX": f"test-{uuid4().hex}",
        "FOUNDSOUND_MODEL": "auto",
        "FOUNDSOUND_LEASE_S": "3",
        "FOUNDSOUND_THREADS": "1",
    }
    return Cli(tmp_path / "library", cache_dir, servers)


@pytest.fixture
def catalog(cli: Cli, tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path, cli.variables["FOUNDSOUND_DATABASE_URL"])
    yield opened
    opened.close()


@contextmanager
def running(cli: Cli, *arguments: str, code: str = CODE) -> Iterator["subprocess.Popen[str]"]:
    process = cli.start(*arguments, code=code)
    try:
        yield process
    finally:
        process.terminate()
        _, told = process.communicate(timeout=TIMEOUT_S)
        assert "Traceback" not in told


def embedded(catalog: Catalog) -> dict[str, int]:
    """How many sounds have vectors, by model."""
    with catalog.read() as session:
        rows = session.execute(
            select(Space.model, func.count(SoundWindows.sound_id))
            .outerjoin(SoundWindows, SoundWindows.space_id == Space.id)
            .group_by(Space.model)
        )
        return {model: count for model, count in rows}  # noqa: C416


def leased(catalog: Catalog) -> int:
    with catalog.read() as session:
        held = select(func.count()).where(Location.work == Work.LEASED)
        return session.scalar(held) or 0


@pytest.mark.timeout(900)  # as in every wait here: of a machine that does much else
def test_workers_share_the_change_and_follow_it(cli: Cli, catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(SOUNDS - 1):
        write(folder / f"{number:02}.wav", noise(1.0, seed=number))
    write(folder / "held.wav", noise(1.0, seed=SOUNDS - 1))
    done = cli.run("index", folder, FOUNDSOUND_MODEL=OLD)
    assert done.returncode == 0, done.stderr
    assert embedded(catalog) == {OLD: SOUNDS}

    given_up = cli.start_held("model", "use", NEW)
    wait_until(lambda: leased(catalog) > 0)
    given_up.send_signal(signal.SIGINT)
    _, told = given_up.communicate(timeout=240)
    assert given_up.returncode == 130, told
    assert work(catalog) == {(Work.SETTLED, 0)}  # workers shall not go on with it

    with ExitStack() as workers:
        changing = cli.start_held("model", "use", NEW)  # alone: what it queues, others find
        wait_until(lambda: leased(catalog) > 0)
        changing.kill()
        changing.communicate()
        before = embedded(catalog)[NEW]
        assert before < SOUNDS
        doomed, *_ = [workers.enter_context(running(cli, "worker")) for _ in range(2)]
        wait_until(lambda: embedded(catalog)[NEW] > before)
        doomed.kill()
        # Nobody else is there to do it.
        wait_until(lambda: embedded(catalog) == {OLD: SOUNDS, NEW: SOUNDS})

        done = cli.run("model", "use", NEW)
        assert done.returncode == 0, done.stderr
        assert "0 sounds embedded" in " ".join(done.stderr.split())
        assert embedded(catalog) == {NEW: SOUNDS}

        late = write(folder / "late.wav", noise(1.0, seed=SOUNDS))
        scan(catalog, folder)
        wait_until(lambda: embedded(catalog) == {NEW: SOUNDS + 1})  # by a worker that followed
    assert work(catalog) == {(Work.SETTLED, 0)}
    found = cli.json("search", "--like", late, "--limit", "1")["hits"]
    assert [hit["path"] for hit in found] == [str(late)]


def work(catalog: Catalog) -> set[tuple[Work, int]]:
    with catalog.read() as session:
        rows = session.execute(select(Location.work, Location.work_space))
        return {(state, space_id) for state, space_id in rows}


def scan(catalog: Catalog, folder: Path) -> None:
    with catalog.write() as session:
        root = root_settings(session, root_for(session, os.fsencode(folder)).id)
    assert root is not None
    scan_root(Scan(catalog, root, vanished_share=0.5))
    catalog.signal.notify()
