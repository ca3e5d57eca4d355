"""aiSFX: log-mel front-end and inference (Ma and Lerch, ISMIR 2022; the ``aisfx`` wheel).

The front-end follows the paper's Essentia path; the wheel's librosa path swaps axes.
"""

from pathlib import Path

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.aisfx_graph import aisfx_model
from foundsound.embedding.starter.sessions import cpu_session

SAMPLE_RATE = 44_100
FRAME, HOP = 2048, 1024
BANDS = 96
PEAK = 0.7
# The largest log-mel value of the paper's training sounds, by which it scales.
LOG_SCALE = 9.457798957824707
STEP = 8  # frames that one step of the network's output covers
BLOCK_FRAMES = 100  # 2.3 s, what the network was trained on
BLOCK, BLOCK_HOP = BLOCK_FRAMES // STEP, 6  # steps: blocks overlap by half
DIM = 512


class AiSfx:
    """The network on CPU; ``threads`` as in onnxruntime, 0 = every core."""

    def __init__(self, cache_dir: Path, threads: int) -> None:
        self._session = cpu_session(aisfx_model(cache_dir), threads)

    def run(self, mel: Floats) -> Floats:
        """Embeddings ``[blocks, 512]`` of log-mel frames ``[frames, 96]``; at least one block.

        The network runs once over all frames and each block takes its maximum over time: half the
        work of running overlapping blocks, which differ only in the padding at their edges.
        """
        if len(mel) < BLOCK_FRAMES:
            mel = np.pad(mel, ((0, BLOCK_FRAMES - len(mel)), (0, 0)))
        (steps,) = self._session.run(["steps"], {"frames": mel[None, None]})
        steps = steps[0].T
        starts = list(range(0, len(steps) - BLOCK + 1, BLOCK_HOP))
        if starts[-1] + BLOCK < len(steps):
            starts.append(len(steps) - BLOCK)
        return np.stack([steps[start : start + BLOCK].max(axis=0) for start in starts])


def log_mel(samples: Floats) -> Floats:
    """Log-mel frames ``[frames, 96]`` of 44.1 kHz mono ``samples``, scaled to one peak level."""
    samples = samples * np.float32(PEAK / (np.abs(samples).max(initial=0.0) + 1e-9))
    samples = np.pad(samples, FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    spectrum = np.fft.rfft(frames * _HANN).astype(np.complex64)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(np.log10(1 + 1e4 * (power @ _MEL)) / LOG_SCALE, dtype=np.float32)


def _mel_matrix() -> Floats:
    """Essentia's ``MelBands``: HTK mel triangles drawn on the mel axis, each of unit sum."""
    bins = 1127.0 * np.log1p(np.linspace(0, SAMPLE_RATE / 2, FRAME // 2 + 1) / 700.0)[:, None]
    edges = np.linspace(0.0, bins[-1, 0], BANDS + 2)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    triangles = np.maximum(triangles, 0)
    sums = triangles.sum(axis=0)
    # Bands narrower than one bin, at the very bottom, may hold no bin at all.
    return np.asarray(triangles / np.where(sums > 0, sums, 1), dtype=np.float32)


_HANN = np.hanning(FRAME).astype(np.float32)
_MEL = _mel_matrix()
