"""The starter model: a joint text-audio embedding that needs no download beyond PyPI.

A head that we trained says in MiniLM's terms what YAMNet and aiSFX hear; see MODEL_CARD.md.
"""

from collections.abc import Sequence
from pathlib import Path

from blake3 import blake3

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.features import SAMPLE_RATE, WINDOW_S
from foundsound.embedding.starter.head import DIM, StarterHead


class StarterEmbedder:
    """The trained head over frozen encoders.

    Args:
        cache_dir: where converted weights are kept between runs.
        threads: windows embedded at once, each on one core.
        weights: of another head than the one that comes with foundsound; names the model.
    """

    name = "starter"
    version = "starter-2"
    dim = DIM
    sample_rate = SAMPLE_RATE
    window_s = WINDOW_S
    logit_scale = 17.0  # least log loss of zero-shot on the demo library

    def __init__(self, cache_dir: Path, threads: int, weights: Path | None = None) -> None:
        self.batch_windows = threads
        self.batches_at_once = 1
        if weights:
            digest = blake3(weights.read_bytes()).hexdigest()[:12]
            self.name, self.version = str(weights), f"{self.version}-{digest}"
        self._head = StarterHead(cache_dir, threads, weights)

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._head.audio(windows)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._head.text(texts)
