"""What the head hears of a window: the outputs of both networks, and signal statistics."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter import aisfx, yamnet
from foundsound.embedding.starter.finite import finite
from foundsound.embedding.starter.statistics import statistics

SAMPLE_RATE = aisfx.SAMPLE_RATE
WINDOW_S = 10.0


@dataclass(frozen=True)
class Features:
    """One window's encoder outputs, pooled over time."""

    logits: Floats
    """YAMNet's mean class logits, ``[521]``."""
    probabilities: Floats
    """YAMNet's mean class probabilities, ``[521]``."""
    yamnet_mean: Floats
    yamnet_max: Floats
    """YAMNet's embedding, ``[1024]`` each."""
    aisfx_mean: Floats
    aisfx_max: Floats
    """aiSFX's embedding, ``[512]`` each."""
    statistics: Floats
    """``[199]``."""

    def vector(self) -> Floats:
        """All of it but the probabilities, ``[3792]``; embeddings, which are not negative, as
        log(1 + x), because they are long-tailed.
        """
        embeddings = [self.yamnet_mean, self.yamnet_max, self.aisfx_mean, self.aisfx_max]
        logs = [np.log1p(embedding) for embedding in embeddings]
        return np.concatenate([self.logits, *logs, self.statistics])


class FeatureExtractor:
    """Both networks on CPU; ``threads`` as in onnxruntime, 0 = every core."""

    def __init__(self, cache_dir: Path, threads: int) -> None:
        self._yamnet = yamnet.Yamnet(cache_dir, threads)
        self._aisfx = aisfx.AiSfx(cache_dir, threads)

    def extract(self, window: Floats) -> Features:
        """Features of one mono window, float32 ``[samples]`` at 44.1 kHz, at most 10 s."""
        window = finite(window[: int(WINDOW_S * SAMPLE_RATE)])
        mel = yamnet.log_mel(soxr.resample(window, SAMPLE_RATE, yamnet.SAMPLE_RATE))
        logits, embeddings = self._yamnet.run(yamnet.patches(mel))
        blocks = self._aisfx.run(aisfx.log_mel(window))
        return Features(
            logits=logits.mean(axis=0),
            probabilities=(1 / (1 + np.exp(-np.clip(logits, -60, 60)))).mean(axis=0),
            yamnet_mean=embeddings.mean(axis=0),
            yamnet_max=embeddings.max(axis=0),
            aisfx_mean=blocks.mean(axis=0),
            aisfx_max=blocks.max(axis=0),
            statistics=statistics(window, SAMPLE_RATE, mel),
        )
