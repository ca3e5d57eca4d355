"""Whatever the samples are, there is an answer, and memory does not grow with the sound."""

import tracemalloc

import numpy as np
import pytest

from foundsound.analysis import analyser
from foundsound.analysis.listener import Listener
from foundsound.analysis.sound_analysis import SILENT, SoundAnalysis
from foundsound.audio.reader import AudioFacts
from tests.analysis.heard import hear
from tests.signals import Floats, noise, tone

EMPTY = np.zeros((0, 1), np.float32)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((44_100, 2), np.float32),
        np.full((44_100, 1), 3e38, np.float32),
        np.full((44_100, 1), 1e-40, np.float32),
        np.full((1, 1), 0.5, np.float32),
        np.ones((20_000, 128), np.float32),
        np.tile(np.array([[1e30], [-1e30]], np.float32), (30_000, 1)),
        EMPTY,
    ],
    ids=["silence", "huge", "subnormal", "one sample", "128 channels", "alternating", "nothing"],
)
@pytest.mark.filterwarnings("error")
def test_any_samples_give_finite_numbers_or_none(samples: Floats) -> None:
    heard = hear(samples)
    assert heard.fingerprint is not None, heard.analysis.note
    for value in vars(heard.analysis).values():
        assert not isinstance(value, float) or np.isfinite(value)


def test_silence_is_told() -> None:
    heard = hear(np.zeros((44_100, 2), np.float32))
    assert heard.analysis.note == SILENT
    assert heard.fingerprint is not None
    assert heard.fingerprint.data == b""


@pytest.mark.parametrize(
    ("format_", "codec", "size", "expected"),
    [
        ("WAV", "PCM_24", 1, 24 * 44_100 * 2),
        ("MP3", "MPEG_LAYER_III", 32_000, 128_000),
        ("FLAC", "PCM_16", 100_000, 400_000),
    ],
)
def test_bit_rates(format_: str, codec: str, size: int, expected: int) -> None:
    listener = Listener(AudioFacts(format_, codec, 44_100, 2, 2.0), size)
    listener.push(noise(2.0, channels=2))
    assert listener.finish().analysis.bit_rate == expected


def test_what_fails_costs_its_own_findings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("midway")

    monkeypatch.setattr("foundsound.analysis.spectrum.Spectrum.push", fail)
    heard = hear(tone(1.0))
    note = "The sound cannot be analysed (ValueError: midway)."
    assert heard.analysis == SoundAnalysis(note=note)
    assert heard.fingerprint is None


def test_of_a_long_sound_only_the_beginning_is_listened_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analyser, "HEARD_S", 2.0)
    loud_end = np.concatenate([noise(2.5), np.zeros((44_100, 1), np.float32), 5 * noise(2.0)])
    heard = hear(loud_end, block=10_000)
    assert heard.analysis.onsets == 1  # the second one comes too late
    assert heard.analysis.note == analyser.LONG
    whole = hear(5 * noise(2.0)).analysis.loudness_lufs
    assert heard.analysis.loudness_lufs == pytest.approx(whole, abs=1.0)  # but loudness counts


def test_memory_is_bounded_by_what_is_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyser, "HEARD_S", 5.0)
    block = noise(1.0, 8_000)
    listener = Listener(AudioFacts("WAV", "PCM_16", 8_000, 1, None), 1)
    for _ in range(10):
        listener.push(block)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(600):
        listener.push(block)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 200_000  # of which the loudness of every 100 ms is 48,000
