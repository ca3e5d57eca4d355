"""Copies of a sound as people make them: coded, resampled, louder, trimmed."""

import io
from collections.abc import Iterator

import numpy as np
import soundfile as sf
import soxr

from tests.signals import RATE, Floats


def coded(samples: Floats, format_: str, subtype: str, level: float, rate: int = RATE) -> Floats:
    """Through a lossy codec; ``level`` 0 is the best quality, 1 the smallest file."""
    buffer = io.BytesIO()
    sf.write(buffer, samples, rate, format=format_, subtype=subtype, compression_level=level)
    buffer.seek(0)
    decoded, _ = sf.read(buffer, dtype="float32", always_2d=True)
    return np.asarray(decoded, np.float32)


def copies(samples: Floats) -> Iterator[tuple[str, Floats, int]]:
    """Yield name, samples and rate of copies of a sound at 44.1 kHz."""
    yield "mp3", coded(samples, "MP3", "MPEG_LAYER_III", 0.5), RATE
    yield "ogg", coded(samples, "OGG", "VORBIS", 0.6), RATE
    yield "opus", coded(_resampled(samples, 48_000), "OGG", "OPUS", 0.5, 48_000), 48_000
    yield "22.05 kHz", _resampled(samples, 22_050), 22_050
    yield "96 kHz", _resampled(samples, 96_000), 96_000
    yield "quieter", (np.round(samples * 2**13) / 2**15).astype(np.float32), RATE
    yield "padded", np.pad(samples, ((13_835, 48_510), (0, 0))), RATE
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 0.001 * np.abs(samples).max())
    yield "trimmed", samples[max(0, loud[0] - 37) : loud[-1]], RATE


def _resampled(samples: Floats, rate: int) -> Floats:
    return np.asarray(soxr.resample(samples, RATE, rate), np.float32)
