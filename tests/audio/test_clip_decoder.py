"""Clips decoded apart: the samples of the real thing, and files that crash, hang or flood."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from foundsound.audio import clip_decoder
from foundsound.audio.bounds import clip_bounds
from foundsound.audio.clip_decoder import AT_ONCE, ClipDecoder
from foundsound.audio.decode import MonoStream
from foundsound.errors import AudioError, FoundsoundError, OutOfBounds
from foundsound.processes import watched_child
from foundsound.processes.child import module_command
from foundsound.settings import Settings
from tests.audio.unruly_clip_child import CRASH, ENDLESS, FLOOD, HANG
from tests.signals import noise, tone, write

RATE = 16_000
UNRULY = module_command("tests.audio.unruly_clip_child")


@pytest.fixture
def clip_settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "library",
        max_decode_memory_bytes=400 * 2**20,
        max_query_audio_s=60,
    )


@pytest.fixture
def decoder(clip_settings: Settings) -> Iterator[ClipDecoder]:
    with closing(ClipDecoder(clip_settings)) as made:
        yield made


@pytest.fixture
def unruly(clip_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClipDecoder]:
    monkeypatch.setattr(clip_decoder, "COMMAND", UNRULY)
    with closing(ClipDecoder(clip_settings)) as made:
        yield made


def samples(decoder: ClipDecoder, path: Path, settings: Settings, *span: float) -> np.ndarray:
    return np.concatenate([*decoder.blocks(bytes(path), RATE, clip_bounds(settings), *span)])


def test_the_samples_are_those_of_decoding_here(
    decoder: ClipDecoder, clip_settings: Settings, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.wav", np.concatenate([noise(2.0), tone(3.0)]))
    with MonoStream(bytes(path), RATE, clip_bounds(clip_settings)) as stream:
        expected = np.concatenate(list(stream.blocks()))
    np.testing.assert_array_equal(samples(decoder, path, clip_settings), expected)
    middle = samples(decoder, path, clip_settings, 1.5, 2.25)
    np.testing.assert_array_equal(middle, expected[24_000:36_000])
    rest = samples(decoder, path, clip_settings, 4.0)
    np.testing.assert_array_equal(rest, expected[64_000:])


def test_what_is_wrong_with_a_file_is_told_and_the_child_stays(
    decoder: ClipDecoder, clip_settings: Settings, tmp_path: Path
) -> None:
    good = write(tmp_path / "good.wav", tone(0.5))
    words = tmp_path / "words.wav"
    words.write_text("no audio")
    samples(decoder, good, clip_settings)
    child = decoder._idle[0]
    pid = child.start().pid
    with pytest.raises(AudioError, match="not audio"):
        samples(decoder, words, clip_settings)
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioError, match="empty"):
        samples(decoder, tmp_path / "empty.wav", clip_settings)
    samples(decoder, good, clip_settings)
    assert child.start().pid == pid


def test_three_hours_are_refused_at_once(
    decoder: ClipDecoder, clip_settings: Settings, tmp_path: Path
) -> None:
    path = write(tmp_path / "long.flac", np.zeros((3 * 3600 * 1000, 1), np.float32), rate=1000)
    assert path.stat().st_size < 2**20  # silence in FLAC: small on disk, 10.8 million samples
    samples(decoder, write(tmp_path / "warm.wav", tone(0.1)), clip_settings)
    child = psutil.Process(decoder._idle[0].start().pid)
    before = child.cpu_times().user
    with pytest.raises(OutOfBounds, match="longer than the limit of 60 s"):
        samples(decoder, path, clip_settings)
    assert child.cpu_times().user - before < 5.0


@pytest.mark.parametrize(
    ("rate", "error", "sentence"),
    [
        (CRASH, AudioError, "crashed on this file"),
        (HANG, AudioError, "no progress on this file for 3 s"),
        (FLOOD, OutOfBounds, "more memory for this file than the limit of 400 MiB"),
    ],
)
def test_a_hostile_file_costs_itself(
    unruly: ClipDecoder,
    clip_settings: Settings,
    tmp_path: Path,
    rate: int,
    error: type[FoundsoundError],
    sentence: str,
) -> None:
    good = write(tmp_path / "good.wav", tone(0.5))
    hostile = write(tmp_path / "hostile.wav", tone(0.5, rate=rate), rate=rate)
    if rate == HANG:
        unruly._stall_s = 3
    with pytest.raises(error, match=sentence):
        samples(unruly, hostile, clip_settings)
    for child in unruly._idle:
        child._stall_s = 60  # on a busy machine a good one is silent for a while, too
    assert len(samples(unruly, good, clip_settings)) == RATE // 2


def test_a_machine_that_stood_still_is_not_the_files_fault(
    decoder: ClipDecoder,
    clip_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stands_still = SimpleNamespace(monotonic=partial(next, itertools.count(0.0, 100.0)))
    monkeypatch.setattr(watched_child, "time", stands_still)
    good = write(tmp_path / "good.wav", tone(0.5))
    assert len(samples(decoder, good, clip_settings)) == RATE // 2


def test_who_leaves_early_leaves_no_child_in_the_midst_of_a_file(
    unruly: ClipDecoder, clip_settings: Settings, tmp_path: Path
) -> None:
    endless = write(tmp_path / "endless.wav", tone(0.5, rate=ENDLESS), rate=ENDLESS)
    good = write(tmp_path / "good.wav", tone(0.5))
    for _ in range(AT_ONCE + 1):
        blocks = unruly.blocks(bytes(endless), RATE, clip_bounds(clip_settings))
        with closing(blocks):
            assert len(list(itertools.islice(blocks, 20))) == 20
    assert unruly._idle == []
    assert len(samples(unruly, good, clip_settings)) == RATE // 2


def test_who_waits_is_told_when_the_library_closes(
    unruly: ClipDecoder, clip_settings: Settings, tmp_path: Path
) -> None:
    hanging = write(tmp_path / "hanging.wav", tone(0.5, rate=HANG), rate=HANG)
    blocks = unruly.blocks(bytes(hanging), RATE, clip_bounds(clip_settings))
    next(blocks)
    threading.Timer(0.2, unruly.close).start()
    with pytest.raises(FoundsoundError, match="The server ends"):
        list(blocks)
    with pytest.raises(FoundsoundError, match="The server ends"):
        next(unruly.blocks(bytes(hanging), RATE, clip_bounds(clip_settings)))
