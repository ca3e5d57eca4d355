import numpy as np
import pytest
import soxr

from foundsound.analysis.true_peak import TruePeakMeter
from tests.analysis.heard import demo_sound
from tests.signals import Floats, noise


def true_peak(samples: Floats, rate: int, block: int = 50_001) -> float | None:
    meter = TruePeakMeter(rate, samples.shape[1])
    for start in range(0, len(samples), block):
        meter.push(samples[start : start + block])
    return meter.finish()


@pytest.mark.parametrize(
    ("share", "degrees"), [(4, 0), (4, 45), (6, 60), (8, 67.5)], ids=["15", "16", "17", "18"]
)
@pytest.mark.parametrize("block", [333, 50_001])
def test_the_tones_of_ebu_tech_3341(share: int, degrees: float, block: int) -> None:
    """Cases 15 to 18: between -6.4 and -5.8 dBTP, whatever the samples miss of the peak."""
    wave = 0.5 * np.sin(2 * np.pi * np.arange(96_000) / share + np.radians(degrees))
    fade = np.minimum(1, np.minimum(np.arange(96_000), np.arange(96_000)[::-1]) / 4800)
    read = true_peak((fade * wave).astype(np.float32)[:, None], 48_000, block)
    assert read is not None
    assert -6.4 < read < -5.8


@pytest.mark.parametrize(
    "path", ["Music/Drums/rock_beat_104bpm.wav", "Impacts/glass_smash.wav", "Water/splash_big.wav"]
)
def test_what_is_passed_over_holds_no_peak(path: str) -> None:
    sound = demo_sound(path)
    padded = np.pad(sound, ((500, 500), (0, 0)))
    all_of_it = np.abs(soxr.resample(padded, 44_100, 4 * 44_100, quality="HQ")).max()
    expected = 20 * np.log10(max(all_of_it, np.abs(sound).max()))
    assert true_peak(sound, 44_100) == pytest.approx(expected, abs=0.01)


def test_the_quieter_channel_may_hold_it() -> None:
    """Its samples are lower, its true peak is higher."""
    t = np.arange(48_000)
    loud, sly = 0.6 * np.sin(t / 50), 0.7 * np.sin(2 * np.pi * t / 4 + np.pi / 4)
    read = true_peak(np.stack([loud, sly], axis=1).astype(np.float32), 48_000)
    assert read == pytest.approx(20 * np.log10(0.7), abs=0.2)


def test_one_sample_and_silence() -> None:
    assert true_peak(np.full((1, 1), 0.5, np.float32), 48_000) == pytest.approx(-6.02, abs=0.01)
    assert true_peak(np.zeros((48_000, 2), np.float32), 48_000) is None


def test_blocks_leave_no_trace() -> None:
    sound = noise(2.0, 48_000, channels=2)
    reads = [true_peak(sound, 48_000, block) for block in (997, 48_000, 96_000)]
    assert reads == pytest.approx([reads[0]] * 3, abs=1e-3)
