"""What a run owns beside the library: its children, its queues, its memory."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest import decoder_process
from ingest.decoders import Decoders
from ingest.event_queue import EventQueue
from ingest.events import Event, Windowed
from ingest.run import index_paths
from tests.conftest import Index
from tests.ingest.decoding import (
    children,
    meddle,
    queued,
    vectors_by_name,
    vectors_of,
)
from tests.process import Cli
from tests.signals import noise, write
from tests.waiting import wait_until

HANGS = """
import sys, threading
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest import decoder_process
from ingest.run import index_paths
from tests.ingest.decoding import FAULTY
decoder_process.COMMAND = FAULTY
with Library(Settings(model="starter-bridge")) as library:
    index_paths(library, [sys.argv[1]], IndexProgress(), lambda _: None, threading.Event())
"""


def test_no_work_starts_no_child_and_little_work_starts_one(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    start = decoder_process.DecoderProcess._start

    def counted(decoder: decoder_process.DecoderProcess) -> "subprocess.Popen[bytes]":
        started.append(decoder)
        return start(decoder)

    monkeypatch.setattr(decoder_process.DecoderProcess, "_start", counted)
    index(sounds)
    assert len(started) == 1
    index(sounds)
    assert len(started) == 1
    for k in range(3):
        write(sounds / f"long{k}.wav", noise(100.0, seed=k))
    index(sounds)
    assert len(started) == 1 + min(3, library.settings.thread_count)


def test_a_slow_model_bounds_what_is_decoded_ahead(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "in" / "long.wav", noise(600.0))
    with (
        queued(library, tmp_path / "in") as leases,
        Decoders(library, library.space, leases, 2, capacity=5) as decoders,
    ):
        (child,) = _wait_for_children()
        wait_until(lambda: decoders.waiting == 5)
        wait_until(lambda: _rests(child))
        assert decoders.waiting == 5
        assert child.memory_info().rss < 150 * 2**20
        taken = [decoders.next_event(1.0) for _ in range(5)]
        assert None not in taken
        wait_until(lambda: decoders.waiting == 5)
    assert children() == []


def test_the_model_works_while_files_are_decoded_and_is_never_kept_waiting(
    library: Library, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One window is embedded at once; those that come meanwhile make the next batch."""
    for k in range(12):
        write(tmp_path / "in" / f"{k}.wav", noise(2.0, seed=k))
    put, decoded = EventQueue.put, list[Event]()

    def noted(queue: EventQueue, event: Event) -> None:
        put(queue, event)
        decoded.extend([event] if isinstance(event, Windowed) else [])

    def dawdle(batch: int) -> None:
        if batch == 0:
            wait_until(lambda: len(decoded) == 12)
        time.sleep(0.5)

    monkeypatch.setattr(EventQueue, "put", noted)
    embedder = meddle(library, dawdle)
    embedder.batch_windows = 12  # there is room for all of them
    assert index(tmp_path / "in").embedded == embedder.windows == 12
    assert embedder.calls <= 2 + 12 / embedder.batch_windows


def test_batches_side_by_side_leave_every_vector_with_its_file(
    library: Library, index: Index, tmp_path: Path
) -> None:
    paths = [write(tmp_path / "in" / f"{k}.wav", noise(13.0, seed=k)) for k in range(12)]
    both, met = threading.Barrier(2, timeout=120), threading.Event()

    def overtaken(_: int) -> None:
        if not met.is_set():
            first = both.wait() == 0  # breaks if they are not embedded side by side
            met.set()
            time.sleep(0.3 * first)

    embedder = meddle(library, overtaken)
    embedder.batches_at_once, embedder.batch_windows = 2, 4  # of 24 windows
    assert index(tmp_path / "in").embedded == 12
    assert met.is_set()
    found = vectors_by_name(library)
    for path in paths:
        np.testing.assert_allclose(found[path.name], vectors_of(library, path), atol=1e-6)


def test_a_stopped_run_leaves_no_child(library: Library, tmp_path: Path) -> None:
    for k in range(3):
        write(tmp_path / "in" / f"{k}.wav", noise(200.0, seed=k))
    stop = threading.Event()

    def halt(_: int) -> None:
        assert children()
        stop.set()

    embedder = meddle(library, halt)
    embedder.batch_windows = 4  # so that queues hold less than a file
    progress = IndexProgress()
    index_paths(library, [tmp_path / "in"], progress, lambda _: None, stop)
    assert progress.state == "stopped"
    assert embedder.calls <= 2  # of 60: the next one may have begun
    assert children() == []


def test_an_error_in_the_run_leaves_no_child(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "in" / "long.wav", noise(200.0))

    def fail(_: int) -> None:
        raise KeyboardInterrupt

    meddle(library, fail)
    with pytest.raises(KeyboardInterrupt):
        index_paths(library, [tmp_path / "in"], IndexProgress(), lambda _: None, threading.Event())
    assert children() == []


def test_a_decoder_that_cannot_start_ends_the_run_and_blames_no_file(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        command = [sys.executable, "-c", "raise SystemExit(3)"]
        broken.setattr(decoder_process, "COMMAND", command)
        with pytest.raises(Exception, match="cannot start"):
            index(sounds)
    again = index(sounds)
    assert (again.resumed, again.embedded, again.problem_count) == (3, 3, 0)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_children_end_with_the_command(
    tmp_path: Path, cache_dir: Path, how: signal.Signals
) -> None:
    for k in range(3):
        write(tmp_path / "in" / f"held{k}.wav", noise(90.0, seed=k))
    cli = Cli(tmp_path / "library", cache_dir)
    process = cli.start_held("index", tmp_path / "in")
    left = _wait_for_children(process.pid)
    process.send_signal(how)
    _, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told


def test_a_child_that_hangs_ends_when_its_parent_is_killed(tmp_path: Path, cache_dir: Path) -> None:
    write(tmp_path / "in" / "hang.wav", noise(40.0))
    environment = Cli(tmp_path / "library", cache_dir).environment
    path = os.pathsep.join(p or os.getcwd() for p in sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, tmp_path / "in"], env=environment | {"PYTHONPATH": path}
    )
    (child,) = _wait_for_children(process.pid)
    wait_until((tmp_path / "in" / "hang.hangs").exists)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs([child], timeout=30)
    assert alive == []


def test_ctrl_c_is_not_for_children(tmp_path: Path, library: Library) -> None:
    """A terminal sends it to the whole foreground group; only the parent may decide."""
    write(tmp_path / "in" / "long.wav", noise(600.0))
    with (
        queued(library, tmp_path / "in") as leases,
        Decoders(library, library.space, leases, 1, capacity=2) as decoders,
    ):
        (child,) = _wait_for_children()
        wait_until(lambda: decoders.waiting == 2)
        assert os.getpgid(child.pid) != os.getpgid(0)
        child.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert child.status() != psutil.STATUS_ZOMBIE
        assert decoders.next_event(1.0) is not None
    assert children() == []


def _wait_for_children(of: int | None = None) -> list[psutil.Process]:
    wait_until(lambda: children(of) != [])
    return children(of)


def _rests(child: psutil.Process) -> bool:
    """It does nothing for a while."""
    before = child.cpu_times().user
    time.sleep(0.5)
    return bool(child.cpu_times().user - before < 0.05)
