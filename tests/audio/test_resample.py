import numpy as np
import pytest
import soxr

from foundsound.audio.resample import MonoResampler
from tests.signals import noise


@pytest.mark.parametrize(
    ("source", "target"), [(44_100, 16_000), (8_000, 48_000), (384_000, 48_000)]
)
def test_blocks_leave_no_trace(source: int, target: int) -> None:
    samples = noise(0.5, rate=source)[:, 0]
    whole = soxr.resample(samples, source, target, quality="HQ")
    for block in (137, 4096):
        resampler = MonoResampler(source, target)
        parts = [resampler.push(samples[i : i + block]) for i in range(0, len(samples), block)]
        streamed = np.concatenate([*parts, resampler.finish()])
        assert abs(len(streamed) - len(whole)) <= 1
        shared = min(len(streamed), len(whole))
        np.testing.assert_allclose(streamed[:shared], whole[:shared], atol=1e-5)


def test_equal_rates_pass_through_untouched() -> None:
    samples = noise(0.1)[:, 0]
    assert MonoResampler(48_000, 48_000).push(samples) is samples
