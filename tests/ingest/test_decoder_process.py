"""The decoding child by itself: exact, small, and gone when it should be."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundsound.audio.windows import Window
from foundsound.catalog.identity import content_id
from foundsound.catalog.sounds import SoundFacts
from foundsound.errors import AudioError, FileUnavailable, FoundsoundError
from ingest import decoder_process
from ingest.decoder_process import DecoderDied, DecoderProcess
from tests.ingest.decoding import JOB, decoded_here, item
from tests.signals import noise, tone, write, write_with_ffmpeg


@pytest.mark.parametrize(
    ("name", "seconds", "rate", "channels"),
    [
        ("stereo.wav", 37.3, 48_000, 2),
        ("exact.wav", 10.0, 16_000, 1),
        ("many.flac", 21.0, 44_100, 6),
        ("lossy.mp3", 12.0, 44_100, 2),
        ("short.ogg", 0.4, 22_050, 1),
    ],
)
def test_windows_are_the_same_to_the_bit_as_decoded_here(
    tmp_path: Path, name: str, seconds: float, rate: int, channels: int
) -> None:
    path = write(tmp_path / name, noise(seconds, rate, channels), rate)
    decoder = DecoderProcess(JOB, 60.0)
    for _ in range(2):  # the second file of a child is as good as the first
        assert decoder.identify(item(path)) == content_id(bytes(path), 2**30)
        *windows, facts = decoder.decode(item(path))
        expected = decoded_here(path)
        assert len(windows) == len(expected)
        for got, wanted in zip(windows, expected, strict=True):
            assert isinstance(got, Window)
            assert (got.start_s, got.end_s) == (wanted.start_s, wanted.end_s)
            assert got.samples.dtype == np.float32
            assert np.array_equal(got.samples, wanted.samples)
        assert isinstance(facts, SoundFacts)
        assert (facts.sample_rate, facts.channels) == (rate, channels)
    decoder.rest()


def test_what_ffmpeg_decodes_is_the_same_too(tmp_path: Path) -> None:
    path = write_with_ffmpeg(tmp_path / "a.m4a", tone(12.0), "aac")
    decoder = DecoderProcess(JOB, 60.0)
    *windows, _ = decoder.decode(item(path))
    for got, wanted in zip(windows, decoded_here(path), strict=True):
        assert isinstance(got, Window)
        assert np.array_equal(got.samples, wanted.samples)
    decoder.rest()


def test_errors_come_over_with_their_kind_and_the_child_lives_on(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.wav", write(tmp_path / "good.wav", noise(1.0))
    bad.write_text("no audio")
    decoder = DecoderProcess(JOB, 60.0)
    decoder.identify(item(bad))
    pid = decoder.pid
    with pytest.raises(AudioError, match="not audio"):
        list(decoder.decode(item(bad)))
    gone = item(bad)
    bad.unlink()
    with pytest.raises(FileUnavailable, match=r"cannot be read: No such file or directory\.$"):
        decoder.identify(gone)
    assert len(list(decoder.decode(item(good)))) == 2
    assert decoder.pid == pid
    decoder.rest()


def test_a_child_starts_when_asked_and_ends_when_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", noise(1.0))
    decoder = DecoderProcess(JOB, 60.0)
    assert decoder.pid is None
    decoder.identify(item(path))
    first = psutil.Process(decoder.pid)
    decoder.rest()
    assert not first.is_running()
    decoder.identify(item(path))
    second = psutil.Process(decoder.pid)
    assert second != first
    decoder.stop()
    with pytest.raises(DecoderDied):
        decoder.identify(item(path))
    assert not second.is_running()
    with pytest.raises(DecoderDied, match="run is over"):
        decoder.identify(item(path))


def test_it_lets_others_go_first(tmp_path: Path) -> None:
    decoder = DecoderProcess(JOB, 60.0)
    try:
        decoder.identify(item(write(tmp_path / "noise.wav", noise(1.0))))
        niceness = psutil.Process(decoder.pid).nice()
    finally:
        decoder.rest()
    assert niceness == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_a_child_imports_no_more_than_it_needs() -> None:
    """What is imported is paid for by every child: each of these would double its size."""
    code = (
        "import sys, ingest.decode_child, foundsound.audio.decode, foundsound.audio.windows\n"
        "import foundsound.metadata.read\n"
        "print(sorted({'sqlalchemy', 'onnxruntime', 'pydantic', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_that_a_library_prints_gets_among_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import os; from ingest import decode_child as child; watched = child._watched\n"
        "child._watched = lambda *given: os.write(1, b'noise' * 99) and watched(*given)\n"
        "child.main()"
    )
    monkeypatch.setattr(decoder_process, "COMMAND", [sys.executable, "-P", "-c", code])
    path = write(tmp_path / "a.wav", noise(1.0))
    decoder = DecoderProcess(JOB, 60.0)
    assert len(list(decoder.decode(item(path)))) == 2
    decoder.rest()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], r"cannot start \(exit code 3\)"),
        (["/no/such/program"], "cannot start a process that decodes: No such file"),
    ],
)
def test_a_child_that_cannot_start_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], told: str
) -> None:
    monkeypatch.setattr(decoder_process, "COMMAND", command)
    path = write(tmp_path / "a.wav", noise(1.0))
    with pytest.raises(FoundsoundError, match=told):
        DecoderProcess(JOB, 60.0).identify(item(path))
