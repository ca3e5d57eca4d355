"""The light starter model: YAMNet alone, nothing trained, five times as fast as the head."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter import bridge, yamnet
from foundsound.embedding.starter.finite import finite
from foundsound.embedding.starter.minilm import MiniLM
from foundsound.embedding.starter.window_pool import WindowPool


class BridgeEmbedder:
    """The bridge between YAMNet's class evidence and MiniLM's sense of words.

    Args:
        cache_dir: where converted weights are kept between runs.
        threads: windows embedded at once, each on one core.
    """

    name = "starter-bridge"
    version = "starter-bridge-1"
    dim = bridge.CLASSES
    sample_rate = yamnet.SAMPLE_RATE
    window_s = 10.0
    logit_scale = 14.0  # least log loss of zero-shot on the demo library

    def __init__(self, cache_dir: Path, threads: int) -> None:
        self.batch_windows = 2 * threads
        self.batches_at_once = 1
        self._cache_dir = cache_dir
        self._windows = WindowPool(threads)
        self._loading = threading.Lock()

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        with self._loading:
            network = self._yamnet
        return self._windows.map(lambda window: _evidence(network, window), windows, self.dim)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        with self._loading:
            text = self._text
        return text.text_evidence(texts)

    @cached_property
    def _yamnet(self) -> yamnet.Yamnet:
        return yamnet.Yamnet(self._cache_dir, threads=1)

    @cached_property
    def _text(self) -> bridge.TextBridge:
        return bridge.TextBridge(MiniLM(self._cache_dir, threads=1), self._cache_dir)


def _evidence(network: yamnet.Yamnet, samples: Floats) -> Floats:
    logits, _ = network.run(yamnet.patches(yamnet.log_mel(finite(samples))))
    probabilities = 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
    return np.asarray(bridge.audio_evidence(probabilities.mean(axis=0, keepdims=True))[0])
