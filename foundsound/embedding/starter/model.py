"""The starter model: a joint text-audio embedding that needs no download beyond PyPI.

A head that we trained says in MiniLM's terms what YAMNet and aiSFX hear; see MODEL_CARD.md.
"""

from collections.abc import Sequence
from pathlib import Path

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.features import SAMPLE_RATE, WINDOW_S
from foundsound.embedding.starter.head import DIM, StarterHead


class StarterEmbedder:
    """The trained head over frozen encoders.

    Args:
        cache_dir: where converted weights are kept between runs.
        threads: windows embedded at once, each on one core.
    """

    name = "starter"
    version = "starter-2"
    dim = DIM
    sample_rate = SAMPLE_RATE
    window_s = WINDOW_S

    def __init__(self, cache_dir: Path, threads: int) -> None:
        self.batch_windows = threads
        self._head = StarterHead(cache_dir, threads)

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._head.audio(windows)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._head.text(texts)
