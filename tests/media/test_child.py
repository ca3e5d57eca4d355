"""The child that decodes for a browser: long files, hung files, crashed decoders."""

import resource
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import av
import numpy as np
import pytest

from foundsound.audio.bounds import Bounds
from foundsound.errors import AudioError, FoundsoundError
from foundsound.media import rendition, worker
from foundsound.media.media import Media
from foundsound.media.peaks import MOST_BINS, Peaks
from foundsound.media.playable import rendition_type
from foundsound.media.works import PEAKS, RENDITION, make
from foundsound.settings import Settings
from tests.signals import noise, tone, write

SOUND_ID = "0" * 32
BOUNDS = Bounds(2**40, 1e6, 8, 1e6)


@pytest.fixture
def media_settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "library", decode_stall_s=2)


def test_long_sounds_become_opus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendition, "WAV_S", 10.0)
    path = write(tmp_path / "long.wav", np.tile(tone(1.0, rate=8000), (11, 1)), 8000)
    make("rendition", bytes(path), BOUNDS, tmp_path, lambda: None)
    made = tmp_path / "audio"
    assert rendition_type(made) == "audio/webm"
    assert made.stat().st_size < path.stat().st_size * 6 / 4  # of WAV at 48 kHz, a quarter
    with av.open(str(made)) as heard:
        assert heard.streams.audio[0].codec_context.name in ("opus", "libopus")
        assert heard.duration is not None
        assert heard.duration / 1e6 == pytest.approx(11, abs=0.1)
        frames = [frame.to_ndarray().astype(np.float32) for frame in heard.decode(audio=0)]
    level = np.sqrt(np.mean(np.concatenate(frames, axis=1) ** 2))
    assert level == pytest.approx(0.4 / np.sqrt(2), rel=0.05)


def test_peaks_of_an_hour_take_no_more_memory_than_of_a_minute() -> None:
    block = np.zeros(2**16, np.float32)
    block[::1000] = 0.5
    blocks = 48_000 * 3600 // len(block)
    peaks = Peaks(48_000, (block for _ in range(blocks)))
    assert peaks._low.nbytes == MOST_BINS * 4
    assert len(peaks.detail()) < 2**20


def test_a_silent_decoder_is_ended_and_replaced(
    media_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = tmp_path / "mended"
    hung_until_then = f"""
import os, sys, time
if not os.path.exists({str(mended)!r}):
    time.sleep(600)
os.execv(sys.executable, {worker.COMMAND} + sys.argv[1:])
"""
    monkeypatch.setattr(worker, "COMMAND", [sys.executable, "-c", hung_until_then])
    media = Media(media_settings)
    path = bytes(write(tmp_path / "a.wav", noise(1.0)))
    with pytest.raises(AudioError, match="no progress"):
        media.make(PEAKS["overview"], SOUND_ID, path).result(60)
    media._workers[PEAKS["overview"].work]._child._stall_s = 60.0  # a good one may be slow
    mended.touch()
    media.make(PEAKS["overview"], SOUND_ID, path).result(120)
    assert media.find(PEAKS["detail"], SOUND_ID) is not None
    media.close()


def test_a_crashed_decoder_is_told(
    media_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = "import os, signal; os.read(0, 1); os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(worker, "COMMAND", [sys.executable, "-c", crash])
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    media = Media(media_settings)
    path = bytes(write(tmp_path / "a.wav", noise(1.0)))
    with pytest.raises(AudioError, match="crashed"):
        media.make(RENDITION, SOUND_ID, path).result(60)
    assert media.find(RENDITION, SOUND_ID) is None
    media.close()


def test_who_waits_is_told_when_the_server_ends(
    media_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(worker, "COMMAND", hung)
    started = threading.Event()
    popen = subprocess.Popen

    def noted(*args: object, **named: object) -> "subprocess.Popen[bytes]":
        started.set()
        return popen(*args, **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", noted)
    media = Media(media_settings)
    path = bytes(write(tmp_path / "a.wav", noise(1.0)))
    waiting = media.make(RENDITION, SOUND_ID, path)
    assert started.wait(60)
    media.close()
    with pytest.raises((FoundsoundError, CancelledError)):
        waiting.result(60)
