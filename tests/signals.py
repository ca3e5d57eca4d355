"""Test sounds: small, deterministic, and told apart by the model."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile as sf
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 44_100


def noise(seconds: float, rate: int = RATE, channels: int = 1, seed: int = 0) -> Floats:
    shape = (round(seconds * rate), channels)
    return 0.1 * np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def tone(seconds: float, hz: float = 440.0, rate: int = RATE) -> Floats:
    t = np.arange(round(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None]


def write(
    path: Path,
    samples: Floats,
    rate: int = RATE,
    *,
    subtype: str | None = None,
    format: str | None = None,
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, samples, rate, subtype=subtype, format=format)
    return path


def write_with_ffmpeg(path: Path, samples: Floats, codec: str, rate: int = RATE) -> Path:
    """Encode mono ``samples`` with FFmpeg into the container that the name's ending stands for."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 128_000
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", "mono")
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path
