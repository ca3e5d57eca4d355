"""Decoders that crash, hang or are killed: each takes down one file, and the run goes on."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundsound.catalog.quarantine import failed_files
from foundsound.library import Library
from ingest import decoder_process, pipeline
from ingest.decoder_process import DecoderProcess, Piece
from ingest.decoders import Decoders
from ingest.work_item import WorkItem
from tests.conftest import Index
from tests.ingest.decoding import (
    FAULTY,
    children,
    meddle,
    patient,
    vectors_by_name,
    vectors_of,
)
from tests.signals import noise, tone, write
from tests.waiting import wait_until

GOOD = {"noise.wav", "tone.flac", "high.ogg"}
LONG_S = 40.0  # faults strike after 24 s, when two windows are on their way


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(decoder_process, "COMMAND", FAULTY)
    return monkeypatch


@pytest.mark.parametrize(
    ("fault", "how"), [("abort", "signal 6"), ("segv", "signal 11"), ("exit", "exit code 7")]
)
def test_a_content_that_crashes_its_decoder_again_and_again_is_refused(
    library: Library, index: Index, sounds: Path, faulty: object, fault: str, how: str
) -> None:
    bad = write(sounds / f"{fault}.wav", noise(LONG_S))
    progress = index(sounds)
    (told,) = progress.problems
    assert told.reason == f"The decoder crashed on this file ({how})."
    assert (progress.embedded, progress.files_done) == (3, 4)
    assert set(vectors_by_name(library)) == GOOD
    assert library.vectors.count() == 3  # nothing of what was decoded before the crash
    assert [index(sounds).files_total for _ in range(3)] == [1, 1, 0]  # then quarantined
    with library.catalog.read() as session:
        (kept,) = failed_files(session, 10)
    assert (kept.reason, kept.attempts, kept.next_attempt) == (told.reason, 3, None)
    shutil.copy(bad, sounds / "copy.wav")
    assert [problem.reason for problem in index(sounds).problems] == [told.reason]
    write(bad, tone(1.0, 150.0))
    assert index(sounds).embedded == 1


def test_a_killed_decoder_puts_its_file_off_to_the_next_run(
    library: Library, index: Index, sounds: Path, faulty: pytest.MonkeyPatch
) -> None:
    """The kernel kills when memory runs out, which need not be the file's fault."""
    write(sounds / "killed.wav", noise(LONG_S))
    (told,) = index(sounds).problems
    assert "memory may have run out" in told.reason
    faulty.undo()
    again = index(sounds)
    assert (again.resumed, again.embedded, again.problem_count) == (1, 1, 0)
    assert set(vectors_by_name(library)) == {*GOOD, "killed.wav"}


@pytest.mark.parametrize("fault", ["flood", "burst"])
def test_a_file_that_takes_too_much_memory_is_quarantined(
    library: Library, index: Index, sounds: Path, faulty: object, fault: str
) -> None:
    limits = {"max_decode_memory_bytes": 200 * 2**20, "max_attempts": 2}
    library.settings = library.settings.model_copy(update=limits)
    write(sounds / f"{fault}.wav", noise(LONG_S))
    progress = index(sounds)
    (told,) = progress.problems
    assert told.reason == ("The decoder needs more memory for this file than the limit of 200 MiB.")
    assert progress.embedded == library.vectors.count() == 3
    assert [index(sounds).files_total for _ in range(2)] == [1, 0]
    assert children() == []


@pytest.mark.parametrize("fault", ["abort", "killed"])
def test_a_decoder_that_dies_once_costs_nothing(
    library: Library, index: Index, sounds: Path, faulty: object, fault: str
) -> None:
    path = write(sounds / f"{fault}-once.wav", noise(LONG_S))
    write(sounds / "twin.wav", np.concatenate([noise(LONG_S), tone(1.0)]))
    progress = index(sounds)
    assert (progress.embedded, progress.problem_count, progress.duplicates) == (5, 0, 0)
    assert path.with_suffix(".seen").exists()  # it did die
    once = vectors_by_name(library)[path.name]
    np.testing.assert_allclose(once, vectors_of(library, path), atol=1e-6)


def test_copies_of_a_content_that_crashes_are_all_told(
    library: Library, index: Index, sounds: Path, faulty: object
) -> None:
    for k in range(3):
        write(sounds / f"abort{k}.wav", noise(LONG_S))
    progress = index(sounds)
    assert (progress.problem_count, progress.duplicates, progress.files_done) == (3, 0, 6)
    assert set(vectors_by_name(library)) == GOOD


def test_a_decoder_that_hangs_is_ended_and_its_file_put_off(
    library: Library, index: Index, sounds: Path, faulty: pytest.MonkeyPatch
) -> None:
    patient(faulty, 3.0, lambda name, kind, _: (name, kind) == ("hang.wav", "decode"))
    write(sounds / "hang.wav", noise(LONG_S))
    progress = index(sounds)
    (told,) = progress.problems
    assert "no progress on this file for 3 s" in told.reason
    assert set(vectors_by_name(library)) == GOOD
    assert children() == []
    faulty.undo()
    assert index(sounds).embedded == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_the_real_child_is_replaced_when_it_is_killed(
    library: Library, index: Index, sounds: Path, how: signal.Signals
) -> None:
    long = write(sounds / "a-long.wav", noise(300.0))
    killed: list[int] = []

    def kill(batch: int) -> None:
        if batch == 0:
            for child in children():
                child.send_signal(how)
                killed.append(child.pid)

    meddle(library, kill).batch_windows = 4  # so that queues hold less than the file
    progress = index(sounds)
    assert killed
    assert (progress.embedded, progress.problem_count) == (4, 0)
    kept = vectors_by_name(library)[long.name]
    np.testing.assert_allclose(kept, vectors_of(library, long), atol=1e-6)
    assert children() == []


def test_the_real_child_is_ended_when_it_stands_still(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It may stand still over metadata too, which is no problem of the sound: see test_metadata.
    monkeypatch.setattr("ingest.prepare.describe_file", lambda *_: None)
    limits = {"decode_stall_s": 3.0, "threads": 1}
    library.settings = library.settings.model_copy(update=limits)
    write(sounds / "a-long.wav", noise(300.0))
    halted: set[int] = set()
    watch = DecoderProcess.watch

    def watch_halted(decoder: DecoderProcess, passed_s: float) -> None:
        watch(decoder, passed_s if decoder.pid in halted else 0.0)  # the others may be slow

    monkeypatch.setattr(DecoderProcess, "watch", watch_halted)

    def halt(_: int) -> None:
        if len(halted) < 2:  # the second does without the analysis, which may have hung the first
            for child in children():
                child.suspend()
                halted.add(child.pid)

    meddle(library, halt)
    progress = index(sounds)
    assert len(halted) == 2
    assert [told.reason for told in progress.problems] == [
        "The decoder made no progress on this file for 3 s."
    ]
    assert progress.embedded == 3
    assert children() == []


def test_a_decoder_that_waits_for_a_slow_model_does_not_hang(
    library: Library, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Decoders] = []

    def make(*arguments: Any) -> Decoders:
        made.append(Decoders(*arguments))
        return made[0]

    def take_hours(batch: int) -> None:
        if batch == 1:
            (decoder,) = made[0]._decoders
            # Twice: between two windows it is listened to.
            for _ in range(2):
                wait_until(lambda: made[0].waiting == 2 and decoder._silent_s is None)
                time.sleep(0.2)
            for _ in range(10):
                decoder.watch(3600.0)

    monkeypatch.setattr(pipeline, "Decoders", make)
    write(tmp_path / "in" / "long.wav", noise(300.0))
    meddle(library, take_hours).batch_windows = 1  # so that queues hold less than the file
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.problem_count) == (1, 0)


def test_a_file_that_vanishes_between_hashing_and_decoding_is_told(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = DecoderProcess.decode

    def vanished(decoder: DecoderProcess, item: WorkItem, analyse: bool) -> Iterator[Piece]:
        if item.path == bytes(sounds / "noise.wav"):
            (sounds / "noise.wav").unlink()
        return decode(decoder, item, analyse)

    monkeypatch.setattr(DecoderProcess, "decode", vanished)
    progress = index(sounds)
    assert ["No such file" in told.reason for told in progress.problems] == [True]
    assert progress.embedded == library.vectors.count() == 2


def test_a_file_that_is_cut_while_it_is_decoded_is_put_off(
    library: Library, index: Index, tmp_path: Path
) -> None:
    long = write(tmp_path / "in" / "long.wav", noise(300.0))
    size = long.stat().st_size
    content = long.read_bytes()
    cut = meddle(library, lambda batch: os.truncate(long, size // 2) if batch == 0 else None)
    cut.batch_windows = 4  # so that queues hold less than the file
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.problem_count) == (0, 1)
    assert library.vectors.count() == 0
    long.write_bytes(content)
    assert index(tmp_path / "in").embedded == 1
